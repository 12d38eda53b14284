"""Words that look like a ticket's project and are none (semantics.md §2, Tickets). Only used where a project has no
list of its own prefixes.
"""

_STANDARDS = """
ADR ANSI ASCII BCP CAPEC CPE CVE CWE DSA ECMA EN FIPS GHSA IEC IEEE ISBN ISO ITU NIST OSV OWASP PCI POSIX PYSEC RFC RFD
RHSA RUSTSEC SNYK SOC STD USN WCAG
AIP BIP CEP EIP ERC FLIP JEP JSR KEP KIP NEP PEP SLIP SPIP TEP XEP
"""
_TECHNOLOGY = """
AES AV AVC BASE BF BLAKE CHACHA CP CRC DDR DES DTLS EBCDIC ECDSA ED EXT FAT FP H HDMI HEVC HMAC HTTP HTTPS IP IPV KOI
LATIN LTE MD MP MPEG NTFS OAUTH OIDC PBKDF PCIE POLY QUIC RC RSA SAML SHA SMTP SPDY SSH SSL TCP TLS UCS UDP UINT USB UTF
UTF8 WEBDAV WPA X509 XXH ZIP
ARM ARMV PPC RISCV X86
BERT CLAUDE COVID DEEPSEEK GEMINI GPT LLAMA MISTRAL QWEN
"""
_LICENCES = "AGPL APACHE BSD CC EPL GPL LGPL MIT MPL"
_TIMES = "UTC GMT CET CEST EST EDT CST CDT PST PDT MST MDT JAN FEB MAR APR JUN JUL AUG SEP OCT NOV DEC"
# Issue numbers of the host, steps of a plan, marks in prose. Names of the host's own issues are not tickets either.
_PROSE = """
ALPHA BETA CI E2E GH ISSUE LEVEL MR MVP NOTE P0 P1 P2 P3 P4 PART PHASE PR PULL RELEASE REV SEV SPRINT STEP TIER TODO TOP
VERSION
"""

NEVER_TICKETS = frozenset(" ".join((_STANDARDS, _TECHNOLOGY, _LICENCES, _TIMES, _PROSE)).split())

_LANGUAGES_AND_SYSTEMS = """
ANDROID ANGULAR CENTOS CLANG CSS CUDA DEBIAN ES FEDORA GCC GO HTML IOS JAVA JDK JRE K8S KOTLIN LLVM LUA MACOS NODE
NODEJS PERL PHP POSTGRES PYTHON REACT RHEL RUBY RUST SCALA SWIFT TF UBUNTU VUE WINDOWS
"""
_VERSIONED = frozenset(_LANGUAGES_AND_SYSTEMS.split())
_HIGHEST_VERSION = 99
_BIT_WIDTHS = frozenset({8, 16, 32, 64, 128, 256, 384, 512})
_OF_BITS = frozenset({"AMD", "ARM", "BIT", "ES", "FLOAT", "HS", "INT", "PS", "RS", "WIN", "X86"})
_YEARS = range(1970, 2100)
_YEARLY = frozenset({"ES", "ECMASCRIPT", "SQL", "FY", "Q1", "Q2", "Q3", "Q4", "H1", "H2", "WINDOWS", "MAY"})


def may_be_ticket(prefix: str, number: int) -> bool:
    """Whether PREFIX-NUMBER can be a ticket.

    Some words are both: JDK-17 is a version, JDK-8301234 a ticket; INT-64 is a type, INT-1249 a ticket.
    """
    if prefix in NEVER_TICKETS or (prefix[0] == "V" and prefix[1:].isdigit()):
        return False
    if prefix in _VERSIONED and number <= _HIGHEST_VERSION:
        return False
    if prefix in _OF_BITS and number in _BIT_WIDTHS:
        return False
    return not (prefix in _YEARLY and number in _YEARS)
