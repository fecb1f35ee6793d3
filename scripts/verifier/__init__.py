# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a certificate is verified: the PDF, its declaration, the ledger. It imports no Odoo.

Begin with `pdf.py`, at its function `_check`: it goes through a certificate from top to bottom and
calls the others, each of them about one question:

- `declaration.py`: is the data what was signed?
- `signature_form.py`: can anything hide where no signature reaches?
- `authorities.py`: whose key was it, and who vouches for that?
- `stamp.py`: who has seen the signature, and when?
- `lasting.py`: what is it worth when keys have expired or were revoked?
- `ledger.py`: does the plant's own record say the same, entry after entry?

`together.py` compares what several files say of each other; `report.py` holds the sentences,
`command.py` reads the arguments. `evidence/` is for other files: anchors, mails, tables, packs.
"""
