"""Keys and tokens of an invented issuer."""

import base64
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


@dataclass(frozen=True)
class SigningKey:
    """A key pair and how it signs."""

    kid: str
    algorithm: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @cached_property
    def jwk(self) -> dict[str, Any]:
        """The public key as it is published."""
        public = self.private.public_key()
        shown = (
            RSAAlgorithm.to_jwk(public, as_dict=True)
            if isinstance(public, rsa.RSAPublicKey)
            else ECAlgorithm.to_jwk(public, as_dict=True)
        )
        return {**shown, "kid": self.kid, "use": "sig", "alg": self.algorithm}

    @cached_property
    def public_pem(self) -> bytes:
        """The public key as PEM."""
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, kind)

    @property
    def private_pem(self) -> bytes:
        """The private key as PEM."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, claims: dict[str, Any], **header: Any) -> str:  # noqa: ANN401 - headers have several types
        """Return a token with these claims."""
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers={"kid": self.kid, **header})


def rsa_key(kid: str, algorithm: str = "RS384", bits: int = 2048) -> SigningKey:
    """Return a new RSA key."""
    return SigningKey(kid, algorithm, rsa.generate_private_key(public_exponent=65537, key_size=bits))


def ec_key(kid: str, algorithm: str = "ES384") -> SigningKey:
    """Return a new key on the curve of the algorithm."""
    curve = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}[algorithm]
    return SigningKey(kid, algorithm, ec.generate_private_key(curve))


def timed(claims: dict[str, Any], *, valid_s: int = 120) -> dict[str, Any]:
    """Return claims with the times of a token that is made now."""
    now = int(time.time())
    return {"iat": now, "exp": now + valid_s, **claims}


def unsigned_part(data: bytes) -> str:
    """Return bytes as a token writes them (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
