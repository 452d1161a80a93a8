"""The register of a room: documents, their versions, the paths they stand at, their pages, and the viewer.

Identity is content: the same bytes are one version wherever they stand, and a path that gets new bytes gets a new version
of its document. A document that stands at no path any more is in the trash or belongs to one that does. The room's index numbers ("2.1.3") follow the folder tree. Nothing here reads a file's contents: intake does,
and hands over pages. Originals are never altered.
"""
