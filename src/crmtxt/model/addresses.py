"""E-mail addresses: how they are compared, and which domains say nothing about a company."""

from __future__ import annotations

# of providers where anybody has an address
PUBLIC_DOMAINS = frozenset(
    {
        "aol.com", "fastmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
        "hotmail.co.uk", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com",
        "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "posteo.de", "proton.me",
        "protonmail.com", "qq.com", "t-online.de", "wanadoo.fr", "web.de", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
        "yandex.ru", "zoho.com", "163.com", "126.com",
    }
)  # fmt: skip


def plain_address(text: str) -> str:
    """Return an e-mail address as it is compared, "" for what is none."""
    address = text.strip().lower()
    name, _, domain = address.rpartition("@")
    return address if name and domain else ""


def domain_of(text: str) -> str:
    """Return the domain of an e-mail address, "" for what is none."""
    return plain_address(text).rpartition("@")[2]


def mailbox_of(text: str) -> str:
    """Return an e-mail address without the part after a plus that sorts mail: jane+news@x is jane@x; "" for none."""
    name, _, domain = plain_address(text).rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}" if domain else ""
