from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.keyring_memory import MemoryKeyring


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """The keyring of this test."""
    import keyring

    from tests.support.keyring_memory import MemoryKeyring

    before, ring = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)
