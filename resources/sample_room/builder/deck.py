"""The management presentation (.pptx): seven slides with bullets, one table and speaker notes."""

from __future__ import annotations

import io

import pptx
from pptx.slide import Slide
from pptx.util import Inches, Pt

from builder.zips import WRITTEN, settle

_SLIDES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "Halyard Robotics",
        (
            "Management presentation to Meridian Marine Holdings plc",
            "Portland, Maine, October 16, 2025",
            "Project Windlass - confidential",
        ),
        "Welcome. Ingrid opens, Marcus gives the demonstration in the tank, Priya takes the numbers. Allow ninety minutes.",
    ),
    (
        "What we do",
        (
            "The H3 crawler inspects and cleans hulls in the water, alongside, while cargo is worked",
            "It captures at least 90% of what it removes, so that ports allow it where divers are banned",
            "A clean hull saves an average 9% of fuel, measured on 212 voyages of Baltic Crown vessels",
        ),
        "The fuel figure comes from Baltic Crown's noon reports. It has not been verified by a classification society.",
    ),
    (
        "Traction",
        (
            "Annual recurring revenue of $6.4 million at September 30, 2025",
            "Twelve customers on contract; none has left since the launch of the H3 in 2023",
            "Thirty-one H3 units deployed at nine ports",
        ),
        "Net revenue retention over the twelve months to September 2025 was 118%.",
    ),
    (
        "Customers by segment",
        (),
        "Port of Essenden is in renewal talks. Its contract ends on October 31, 2025 and has no automatic renewal.",
    ),
    (
        "Technology",
        (
            "Magnetic adhesion control protected by US Patent No. 11,904,217",
            "Perception built on ReefSight, under licence from Pelagic Vision GmbH",
            "The H4 will work on bilge keels and in currents up to 2.5 knots; type approval planned for the third quarter of 2026",
        ),
        "If asked about Thornbury Acoustics: we answered in January 2024 and have heard nothing since. Do not go further.",
    ),
    (
        "Plan for 2026",
        (
            "Revenue of $9.8 million and forty-eight units deployed at year end",
            "Break-even on a monthly basis by November 2026",
            "Capital needed to reach break-even without a sale: $5.5 million",
        ),
        "The plan assumes that Castellane renews at eight units and that Essenden renews at its present price.",
    ),
    (
        "People",
        (
            "Ingrid Solheim, co-founder and Chief Executive Officer, naval architect",
            "Marcus Adeyemi, co-founder and Chief Technology Officer, formerly of the Casco Institute of Ocean Engineering",
            "Priya Raghunathan, Chief Financial Officer since August 2022",
            "Dae-Jung Whitcombe, Vice President, Engineering since May 2022",
        ),
        "Both founders have said that they would stay for two years after a sale, subject to terms.",
    ),
)
_SEGMENTS = (
    ("Segment", "Customers", "Share of recurring revenue"),
    ("Ports and pilotage", "3", "39.6%"),
    ("Shipowners, ferries and cruise", "4", "35.6%"),
    ("Offshore, dredging and other", "5", "24.7%"),
)


def write() -> bytes:
    """Return the .pptx bytes of the presentation."""
    deck = pptx.Presentation()
    deck.core_properties.title, deck.core_properties.author = "Management presentation", "Halyard Robotics, Inc."
    deck.core_properties.last_modified_by = "Halyard Robotics, Inc."
    deck.core_properties.created = deck.core_properties.modified = WRITTEN
    for title, bullets, notes in _SLIDES:
        slide = deck.slides.add_slide(deck.slide_layouts[1 if bullets else 5])
        slide.shapes.title.text = title
        if bullets:
            frame = slide.placeholders[1].text_frame
            frame.text = bullets[0]
            for bullet in bullets[1:]:
                frame.add_paragraph().text = bullet
        else:
            _table(slide)
        slide.notes_slide.notes_text_frame.text = notes
    out = io.BytesIO()
    deck.save(out)
    return settle(out.getvalue())


def _table(slide: Slide) -> None:
    shape = slide.shapes.add_table(len(_SEGMENTS), 3, Inches(0.7), Inches(1.8), Inches(8.6), Inches(2.4))
    for row, cells in enumerate(_SEGMENTS):
        for column, text in enumerate(cells):
            cell = shape.table.cell(row, column)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(16)
