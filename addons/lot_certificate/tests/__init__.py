# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_authority
from . import test_batch_evidence
from . import test_books
from . import test_credential
from . import test_declaration_fields
from . import test_declaration_life
from . import test_guard
from . import test_issue
from . import test_issue_reads
from . import test_language
from . import test_layout
from . import test_long_term
from . import test_mail
from . import test_mail_server
from . import test_portal_attack
from . import test_proof
from . import test_sustainability
from . import test_verify_start
from . import test_web
