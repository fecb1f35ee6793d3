# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lists of choices that several models share; the codes are stored, the labels translated."""

SCHEMES = [("iscc_plus", "ISCC PLUS"), ("iscc_eu", "ISCC EU"), ("other", "Other scheme")]
CATEGORIES = [
    ("bio", "Bio"),
    ("bio_circular", "Bio-circular"),
    ("circular", "Circular"),
    ("renewable_energy", "Renewable-energy-derived"),
]
PRODUCT_CATEGORIES = [*CATEGORIES, ("fossil", "Fossil")]
RED_CATEGORIES = [
    ("annex_9a", "RED Annex IX part A"),
    ("annex_9b", "RED Annex IX part B"),
    ("other", "RED other"),
]
WASTE_STATUSES = [
    ("pre_consumer", "Pre-consumer"),
    ("post_consumer", "Post-consumer"),
    ("mixed", "Mixed"),
    ("unspecified", "Unspecified"),
]
STATEMENTS = [
    ("iscc_compliant", "ISCC Compliant"),
    ("eu_red_compliant", "EU RED Compliant"),
    ("none", "No statement"),
]
CUSTODY = [
    ("mass_balance", "Mass balance"),
    ("physical_segregation", "Physical segregation"),
    ("controlled_blending", "Controlled blending"),
]
KINDS = [("input", "Input"), ("output", "Output")]
METHODS = [("credit", "Credit method"), ("rolling_average", "Rolling average percentage")]
ATTRIBUTIONS = [
    ("proportional", "Proportional"),
    ("free", "Free attribution"),
    ("fuel_excluded", "Fuel use excluded"),
    ("polymers_only", "Polymers only"),
]
BASES = [("mass", "Mass"), ("lhv", "Heating value"), ("carbon", "Carbon"), ("molar", "Moles")]
OUTPUT_KINDS = [
    ("chemical", "Chemical"),
    ("polymer", "Polymer"),
    ("fuel", "Fuel"),
    ("dual", "Dual use"),
    ("residue", "Residue (a loss)"),
]
QUANTITY_UNITS = [
    ("kg", "kg"),
    ("t", "t (metric)"),
    ("m3", "m³ at 15 °C"),
    ("mj", "MJ"),
    ("kwh", "kWh"),
]
YES_NO = [("yes", "Yes"), ("no", "No")]
