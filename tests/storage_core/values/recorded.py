"""Values of libraries as recorded bytes, so that what newer ones write is not all that is read.

Made with dill 0.4.1, attrs, pydantic 2, numpy 2 and Slack Machine 0.40.1 on Python 3.11 by
`dill.dumps(value)`: `acme.models` held `Rota` (`attrs.define`), `Frozen` (`attrs.frozen`), `Loose`
(`attrs.define(slots=False)`) and `Vote` (`pydantic.BaseModel`); `manual` is what Slack Machine
stores under the shared key of that name.
"""

import base64

RECORDED = {
    "attrs": base64.b64decode(
        "gASVPQAAAAAAAACMC2FjbWUubW9kZWxzlIwEUm90YZSTlCmBlH2UKIwEbmFtZZSMA29wc5SMBGRheXOU"
        "XZSMA21vbpRhdWIu"
    ),
    "attrs frozen": base64.b64decode(
        "gASVLAAAAAAAAACMC2FjbWUubW9kZWxzlIwGRnJvemVulJOUKYGUfZSMBG5hbWWUjAF4lHNiLg=="
    ),
    "attrs without slots": base64.b64decode(
        "gASVKwAAAAAAAACMC2FjbWUubW9kZWxzlIwFTG9vc2WUk5QpgZR9lIwEbmFtZZSMAXiUc2Iu"
    ),
    "pydantic": base64.b64decode(
        "gASVpwAAAAAAAACMC2FjbWUubW9kZWxzlIwEVm90ZZSTlCmBlH2UKIwIX19kaWN0X1+UfZQojAR1c2Vy"
        "lIwDYW5ulIwGcG9pbnRzlEsDjAR0YWdzlF2UjAFhlGF1jBJfX3B5ZGFudGljX2V4dHJhX1+UTowXX19w"
        "eWRhbnRpY19maWVsZHNfc2V0X1+Uj5QoaApoCWgHkIwUX19weWRhbnRpY19wcml2YXRlX1+UTnViLg=="
    ),
    "numpy scalar": base64.b64decode(
        "gASVqwAAAAAAAAB9lCiMAW6UjBZudW1weS5fY29yZS5tdWx0aWFycmF5lIwGc2NhbGFylJOUjAVudW1w"
        "eZSMBWR0eXBllJOUjAJmOJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiQwgAAAAAAAD4P5SG"
        "lFKUjAFplGgEaAeMAmk4lImIh5RSlChLA2gLTk5OSv////9K/////0sAdJRiQwgHAAAAAAAAAJSGlFKU"
        "dS4="
    ),
    "numpy array": base64.b64decode(
        "gASVuwAAAAAAAACMCmRpbGwuX2RpbGyUjA1fY3JlYXRlX2FycmF5lJOUKIwWbnVtcHkuX2NvcmUubXVs"
        "dGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlChLAUsC"
        "hZRoBowFZHR5cGWUk5SMAmY4lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGKJQxAAAAAAAAD4"
        "PwAAAAAAAARAlHSUTnSUUpQu"
    ),
    "numpy strings": base64.b64decode(
        "gASVtQAAAAAAAACMCmRpbGwuX2RpbGyUjA1fY3JlYXRlX2FycmF5lJOUKIwWbnVtcHkuX2NvcmUubXVs"
        "dGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlChLAUsC"
        "hZRoBowFZHR5cGWUk5SMAlUylImIh5RSlChLA4wBPJROTk5LCEsESwh0lGKJQxBhAAAAAAAAAGIAAABj"
        "AAAAlHSUTnSUUpQu"
    ),
    "numpy objects": base64.b64decode(
        "gASVtgAAAAAAAACMCmRpbGwuX2RpbGyUjA1fY3JlYXRlX2FycmF5lJOUKIwWbnVtcHkuX2NvcmUubXVs"
        "dGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlChLAUsC"
        "hZRoBowFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZQofZSMAWGU"
        "SwFzTmV0lE50lFKULg=="
    ),
    "numpy masked array": base64.b64decode(
        "gASVvQAAAAAAAACMDW51bXB5Lm1hLmNvcmWUjA5fbWFyZWNvbnN0cnVjdJSTlCiMCG51bXB5Lm1hlIwLTWFz"
        "a2VkQXJyYXmUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZSMAWKUdJRSlChLAUsDhZRoBowFZHR5cGWUk5SM"
        "AmY4lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGKJQxgAAAAAAAD4PwAAAAAAAARAAAAAAAAADECU"
        "QwMAAQCUTnSUYi4="
    ),
    "numpy datetime": base64.b64decode(
        "gASVegAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAZzY2FsYXKUk5SMBW51bXB5lIwFZHR5"
        "cGWUk5SMAk04lImIh5RSlChLBIwBPJROTk5K/////0r/////SwBOKEMBRJRLAUsBSwF0lIaUdJRiQwjm"
        "TwAAAAAAAJSGlFKULg=="
    ),
    "manual": base64.b64decode(
        "gASVtQAAAAAAAACME21hY2hpbmUubW9kZWxzLmNvcmWUjAZNYW51YWyUk5QpgZR9lCiMBWh1bWFulH2U"
        "jBJhY21lLnBsdWdpbnMuS2FybWGUfZSMBWthcm1hlGgAjAlIdW1hbkhlbHCUk5QpgZR9lCiMB2NvbW1h"
        "bmSUjA1saXN0ZW46IGthcm1hlIwEaGVscJSMBmNvdW50c5R1YnNzjAVyb2JvdJR9lGgHXZSMC2xpc3Rl"
        "bjogXmhplGFzdWIu"
    ),
}
