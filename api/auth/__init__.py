"""Who may call: bearer tokens at the API, cookies in a view."""
