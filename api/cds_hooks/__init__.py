"""CDS Hooks 2.0: what the referrer is told in the EHR while an exam is ordered."""
