"""Organizations and the register of their rooms.

The register is the file system: ``<home>/organizations/personal`` holds ``organization.json``, ``rooms/<room id>-<slug>``
with each room's own ``room.json``, and ``trash``. A room's name is what its manifest says; its folder's name is only a
hint for people and never changes. ``engines`` keeps what the organization allows of language models elsewhere: nothing,
until someone switches a server on; ``secrets`` keeps its keys in the keyring of the operating system.

Invariants: listing takes no lock and works while any room is open; no two listed rooms of an organization share a name
(case and Unicode form aside); removing moves to the trash and nothing else; a damaged room is listed with its problem;
a key is never written to a file, nor kept for another address than the one it was given for.

This package never looks inside a room's database and never deletes one.
"""
