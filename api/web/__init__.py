"""The pages: view models, templates, one stylesheet."""
