"""What the service needs to know; built once by the command line and handed down."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from urllib.parse import urlsplit

from api.auth.oidc import OidcProvider
from api.cds_hooks.settings import NO_HOOKS, HookSettings
from api.launch.peers import NO_PEERS, LaunchPeers
from dose_services.browser_sessions import SessionLimits
from dose_services.password_hashing import PasswordHashing
from dose_services.sign_in import SignIn
from dose_services.tokens import TokenSettings
from dose_services.viewer_links import ViewerTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """
    Settings of the service.

    ``public_url`` is where browsers reach it, maybe below a path of a reverse proxy.
    ``frame_ancestors`` are the origins (Orthanc's, a viewer's) that may show a dose view in a frame.
    ``viewer`` opens studies, series and objects in the PACS, if the site has named one.
    ``hooks`` says who may call CDS Hooks, and what they answer.
    ``launch`` names the programs that may open views by themselves.
    ``oidc`` is the provider of single sign-on, if there is one.
    ``trusted_proxies`` are those whose word of a caller's address is believed.
    The times are those of security practice for launch links: short for the link, half an hour for the view.
    """

    tokens: TokenSettings
    public_url: str
    frame_ancestors: tuple[str, ...] = ()
    viewer: ViewerTemplate | None = None
    launch: LaunchPeers = NO_PEERS
    hooks: HookSettings = NO_HOOKS
    handle_valid_for: timedelta = timedelta(seconds=120)
    view_valid_for: timedelta = timedelta(minutes=30)
    sign_in: SignIn = field(default_factory=lambda: SignIn(hashing=PasswordHashing(), limits=SessionLimits()))
    oidc: OidcProvider | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def is_https(self) -> bool:
        """Whether browsers come by https; then cookies are ``Secure``."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def path_prefix(self) -> str:
        """The path of ``public_url`` without a closing slash, put before each address in a page."""
        return urlsplit(self.public_url).path.rstrip("/")

    def address(self, path: str) -> str:
        """Return the full address of one of our paths."""
        return self.public_url.rstrip("/") + path
