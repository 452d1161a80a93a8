"""Secrets of an organization, in the keyring of the operating system; what is written in files is a reference.

A reference is "keyring:" and a name, or "env:" and the name of an environment variable, for machines without a keyring.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id

SERVICE = "DataZoom Desktop"
_KEYRING, _VARIABLE = "keyring:", "env:"


def keep(secret: str, word: str) -> str:
    """Put a secret into the keyring under a fresh name that begins with ``word``; return its reference.

    Raises:
        Problem: There is no keyring, it is locked, or it did not keep the secret.
    """
    import keyring

    name = f"{word}-{new_id()}"
    with _faults():
        keyring.set_password(SERVICE, name, secret)
        kept = keyring.get_password(SERVICE, name)
    if kept != secret:
        raise _no_keyring("it does not keep what it is given")
    return _KEYRING + name


def of_variable(name: str) -> str:
    """Return the reference of a secret that stands in an environment variable."""
    return _VARIABLE + name


def is_reference(text: str) -> bool:
    """Return whether a text can be a reference."""
    return any(text.startswith(sign) and len(text) > len(sign) for sign in (_KEYRING, _VARIABLE))


def look_up(reference: str) -> str:
    """Return the secret that a reference stands for.

    Raises:
        Problem: It is not there, or the keyring cannot be used.
    """
    if reference.startswith(_VARIABLE):
        secret = os.environ.get(reference.removeprefix(_VARIABLE))
        where = f"the environment variable {reference.removeprefix(_VARIABLE)}"
    else:
        import keyring

        with _faults():
            secret = keyring.get_password(SERVICE, reference.removeprefix(_KEYRING))
        where = "this computer's keyring"
    if not secret:
        raise Problem(
            "The key is not there", f"The key for this organization is not in {where}.", "Give the key again."
        )
    return secret


def forget(reference: str) -> None:
    """Take a secret out of the keyring, if it is there.

    Raises:
        Problem: The keyring cannot be used.
    """
    if not reference.startswith(_KEYRING):
        return
    import keyring
    from keyring.errors import PasswordDeleteError

    with _faults():
        try:
            keyring.delete_password(SERVICE, reference.removeprefix(_KEYRING))
        except PasswordDeleteError:
            return


@contextmanager
def _faults() -> Iterator[None]:
    from keyring.errors import KeyringError

    try:
        yield
    except KeyringError as error:
        raise _no_keyring(str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _no_keyring(why: str) -> Problem:
    return Problem(
        "The keyring cannot be used",
        f"Keys are kept in this computer's keyring, and it cannot be used: {why}",
        "Unlock or install a keyring, or put the key into an environment variable and name that.",
    )
