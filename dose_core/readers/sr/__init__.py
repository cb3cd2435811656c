"""Structured reports: the content tree, and what every dose report states."""
