"""The settings that the embedded server is started with; as arguments they outrank its own files."""

from collections.abc import Mapping

_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_MODEST = {"shared_buffers": "128MB", "max_connections": "100"}
_LOOPBACK_ONLY = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
# One file per weekday, each overwritten a week later.
_LOG_FILES = {
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] ",
}
# Patients' names and numbers are values of statements. An ERROR goes to its client, which can judge what
# may be told; in the server's log it would quote such values ("invalid input syntax ... : "DOE^JANE"").
_NO_VALUES_IN_LOG = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "debug_print_parse": "off",
    "debug_print_plan": "off",
    "debug_print_rewritten": "off",
}
_UTC = {"timezone": "UTC", "log_timezone": "UTC"}


def server_arguments(port: int, overrides: Mapping[str, str]) -> list[str]:
    """Return the arguments of ``postgres`` that carry all settings; ``overrides`` outrank ours."""
    settings = {
        **_DURABLE,
        **_MODEST,
        **_LOOPBACK_ONLY,
        **_LOG_FILES,
        **_NO_VALUES_IN_LOG,
        **_UTC,
        "port": str(port),
        **overrides,
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
