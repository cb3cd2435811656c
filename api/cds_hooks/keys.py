"""The keys of the EHRs: one source for each address, kept while the process runs."""

from collections.abc import Iterable

from api.auth.jwks import FetchedKeys, KeySource
from api.auth.outgoing import Outgoing
from api.cds_hooks.settings import HookClient


def keys_of(clients: Iterable[HookClient], outgoing: Outgoing) -> dict[str, KeySource]:
    """Return by its address where the keys of each client are found; nothing is fetched yet."""
    return {url: FetchedKeys(outgoing, url) for url in {client.jwks_url for client in clients}}
