"""An own PostgreSQL in the data folder: a small supervisor over the binaries that come in a wheel."""

from db.embedded.supervisor import EmbeddedPostgres, url_of_running

__all__ = ["EmbeddedPostgres", "url_of_running"]
