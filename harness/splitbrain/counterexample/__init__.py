"""What a failing run becomes.

Read ``draft`` (it is on disk at once) with ``keeper`` (and stays there as it shrinks), the folder of the minimiser (it is made
minimal), and ``explanation`` with ``passing`` (why it breaks, and what would have had to be otherwise).
"""
