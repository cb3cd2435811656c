"""The only room that builds SQL: tables, repositories, mapping, sessions, the embedded server."""
