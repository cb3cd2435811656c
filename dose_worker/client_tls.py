"""
TLS as a client of an archive.

Source: PS3.15, B.12 (BCP 195 RFC 8996, 9325 TLS Secure Transport Connection Profile): TLS 1.2 and 1.3, the newer first,
no upgrade from plain text; of the suites of TLS 1.2 those with forward secrecy and authenticated encryption alone
(RFC 9325, 4.2).
"""

import ssl

from dose_services.archive_values import TlsFiles
from dose_worker.archive import ArchiveUnavailableError

_SUITES_OF_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20"  # those of TLS 1.3 are all of that kind


def client_context(files: TlsFiles) -> ssl.SSLContext:
    """
    Return what a connection is secured with. The files are read anew with each call, so that they can be replaced.

    Raises:
        ArchiveUnavailableError: a file is not there or holds nothing of use.
    """
    try:
        context = ssl.create_default_context(cafile=files.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(_SUITES_OF_1_2)
        if files.certificate_file is not None:
            # A key under a password fails so; else OpenSSL would ask on the terminal, and the worker stand still.
            context.load_cert_chain(files.certificate_file, files.key_file, password="")
    except OSError as error:  # of the file system, or of OpenSSL
        msg = f"the certificate files for the archive cannot be used ({type(error).__name__}); are they readable PEM?"
        raise ArchiveUnavailableError(msg) from None
    return context
