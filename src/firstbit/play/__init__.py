"""The playground: one page in which two words run side by side through a net.

The page is one HTML file that needs no other, no server and no network. What it
computes is written in JavaScript, beside this file, and is compared with the library by
`tests/play`.
"""

from firstbit.play.page import playground

__all__ = ["playground"]
