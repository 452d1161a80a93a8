"""The two e-mails (.eml): one in plain text with a PDF attached, one in HTML only. Dates, ids and boundaries are fixed."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

_MINIMUMS = """Edmund,

Northgate's letter is attached. They say we bought 104 modules in the contract year to June, and they bill us for the
difference.

I thought the minimum under the supply agreement was 100 modules a year, so that we owe nothing. Marcus remembers it the
same way. Could you check? The invoice falls due on 27 November.

Bernadette also told me on the telephone, which is not in the letter, that Volkhart is selling its actuator business and that
she expects a new owner in the spring. If that is right we may want to ask for their change of control waiver in the same breath
as ours.

Please do not put this mail into the data room.

Priya
"""
_RENNER = """<html><body>
<p>Priya,</p>
<p>I went through the personnel files for the invention assignments. <b>Tobias Renner never signed one.</b> The form in his file is
blank, and the covenant of the seed round to get it within sixty days was missed.</p>
<p>He wrote most of the sonar signal chain between January 2019 and the end of 2021, and he is named as an inventor on the adhesion
patent. He left on March 31, 2023 and now teaches in Halifax, Nova Scotia.</p>
<p>I telephoned him yesterday. He is friendly and would sign a confirmatory assignment for a payment of $75,000, or for the
acceleration of nothing at all if we let him publish two papers on side-lobe suppression. His offer is open until December 15, 2025.</p>
<p>Meridian's lawyers will ask. We should tell them before they find it.</p>
<p>Marcus</p>
<hr><p style="font-size:small">Sent from the workshop. Please excuse salt water.</p>
</body></html>
"""


def northgate(attachment: bytes) -> bytes:
    """The mail about Northgate's minimum purchase, with the supplier's letter attached."""
    message = _message(
        "Re: Northgate minimums",
        "Priya Raghunathan <priya@halyard-robotics.example>",
        "Tue, 14 Oct 2025 16:42:10 -0400",
    )
    message["To"] = "Edmund Strand <estrand@penhallow-strand.example>"
    message["Cc"] = "Ingrid Solheim <ingrid@halyard-robotics.example>"
    message["Message-ID"] = "<20251014.204210.7731@halyard-robotics.example>"
    message.set_content(_MINIMUMS, cte="quoted-printable")
    message.add_attachment(
        attachment, maintype="application", subtype="pdf", filename="Northgate letter 2025-10-13.pdf"
    )
    message.set_boundary("=_halyard_0001")
    return message.as_bytes()


def renner() -> bytes:
    """The mail about the missing invention assignment, in HTML only."""
    message = _message(
        "Renner and the sonar code",
        "Marcus Adeyemi <marcus@halyard-robotics.example>",
        "Tue, 21 Oct 2025 08:15:33 -0400",
    )
    message["To"] = "Priya Raghunathan <priya@halyard-robotics.example>"
    message["Message-ID"] = "<20251021.121533.0412@halyard-robotics.example>"
    message.set_content(_RENNER, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def _message(subject: str, sender: str, date: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"], message["Date"] = subject, sender, date
    return message
