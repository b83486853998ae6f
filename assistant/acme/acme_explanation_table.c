#include "acme/acme_explanation_table.h"

const struct acme_explanation acme_meanings[WORD_COUNT] = {
    [WORD_CAA_PARAMS] = {
        .finding = "acme.caa_params",
        .means = "The CAA record allows this CA, but not this account "
            "or not this kind of proof.",
        .todo = "Add this account, or the kind of proof in use, to "
            "the CAA record, or prove the name another way.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_CAA_LOOKUP_FAILS] = {
        .finding = "acme.caa_lookup_fails",
        .means = "The CA could not read the CAA records, and must not "
            "go on without them.",
        .todo = "Have the name's DNS server mended: it has to answer "
            "questions for CAA, with an empty answer at least.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_CAA_CRITICAL] = {
        .finding = "acme.caa_critical",
        .means = "A CAA record demands something that the CA does not "
            "know.",
        .todo = "Take the unknown tag with the critical flag out of "
            "the CAA records.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_CAA_FORBIDS] = {
        .finding = "acme.caa_forbids",
        .means = "The CAA record of the name, or of one above it, does"
            " not name this CA.",
        .todo = "Add a CAA record that names this CA, or use a CA "
            "that is named there.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_RATE_LIMITED] = {
        .finding = "acme.rate_limited",
        .means = "Too many orders or failures were counted for this "
            "account or name.",
        .todo = "Wait for the time the CA names; try with its staging"
            " server meanwhile.",
        .again = ACME_AGAIN_LATER,
    },
    [WORD_DNS_BOGUS] = {
        .finding = "dns.bogus",
        .means = "The DNSSEC signatures of the name do not hold, so "
            "the CA must not believe its answers.",
        .todo = "Have the zone signed again, or the wrong DS record "
            "taken away.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_DNS01_NOT_VISIBLE] = {
        .finding = "dns01.not_visible",
        .means = "The CA asked for the TXT record of the proof and did"
            " not find it, or found another value.",
        .todo = "See that every name server of the zone shows the new"
            " value before the CA looks; old values do no harm.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_DNS01_CNAME_BROKEN] = {
        .finding = "dns01.cname_broken",
        .means = "The name of the proof is an alias that leads "
            "nowhere.",
        .todo = "Mend the CNAME record at _acme-challenge.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_DNS_NXDOMAIN] = {
        .finding = "dns.nxdomain",
        .means = "The name does not exist in the DNS, as the CA sees "
            "it.",
        .todo = "Create the name, or leave it out of the certificate.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_DNS_NO_ADDRESS] = {
        .finding = "dns.no_address",
        .means = "The name has no address to connect to.",
        .todo = "Give the name an address, or prove it by DNS.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_DNS_BROKEN] = {
        .finding = "dns.broken",
        .means = "The name's DNS servers did not give the CA a usable "
            "answer.",
        .todo = "Have the name's DNS servers mended; all of them have"
            " to answer from everywhere, over TCP too.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_HTTP01_BAD_REDIRECT] = {
        .finding = "http01.bad_redirect",
        .means = "The web server sends the CA on to a place where it "
            "does not go.",
        .todo = "Let the path /.well-known/acme-challenge/ redirect "
            "to ports 80 and 443 only, or not at all.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_HTTP01_BLOCKED] = {
        .finding = "http01.blocked",
        .means = "Some of the places from which the CA looks were "
            "turned away.",
        .todo = "Allow the path /.well-known/acme-challenge/ from "
            "everywhere: no country filter, no bot check.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_ALPN_UNUSABLE] = {
        .finding = "acme.alpn_unusable",
        .means = "What answers on port 443 does not show the "
            "certificate of the proof.",
        .todo = "Let the TLS server on port 443 hand over the "
            "protocol acme-tls/1, or prove the name by http-01 or"
            " dns-01.",
        .todo_ip = "Let the TLS server on port 443 hand over the "
            "protocol acme-tls/1, or open port 80 and prove the address by "
            "http-01.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_HTTP01_UNREACHABLE] = {
        .finding = "http01.unreachable",
        .means = "The CA could not get through to port 80 of the name.",
        .todo = "Open port 80 to everybody, or prove the name by "
            "dns-01.",
        .todo_ip = "Open port 80 to everybody, or prove the address on port "
            "443 by tls-alpn-01.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_HTTP01_ELSEWHERE] = {
        .finding = "http01.elsewhere",
        .means = "Another web server than the one that holds the proof"
            " answered, or it does not serve the file.",
        .todo = "See which machine answers port 80 of the name on "
            "each of its addresses, and put the file there; or "
            "prove the name by dns-01.",
        .todo_ip = "See which machine answers port 80 of the address, and "
            "put the file there; or prove it on port 443 by tls-alpn-01.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_HTTP01_BLOCKED_TOO] = {
        .finding = "http01.blocked",
        .means = "Some of the places from which the CA looks saw "
            "something else.",
        .todo = "Allow the CA from everywhere: no country filter, no "
            "bot check.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_PROFILE] = {
        .finding = "acme.profile",
        .means = "The CA does not offer this profile, or not for these"
            " names.",
        .todo = "Choose one of the profiles the CA lists, or none.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_ADDRESS_PROFILE] = {
        .finding = "acme.profile",
        .means = "The CA certifies addresses by another profile only.",
        .todo = "Leave --profile out, or give the one for addresses: "
            "shortlived.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_REDUNDANT] = {
        .finding = "acme.name_unissuable",
        .means = "A name that the star covers stands beside the star.",
        .todo = "Leave that name out: the star covers it.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_TOO_MANY_NAMES] = {
        .finding = "acme.name_unissuable",
        .means = "There are more names than the CA puts on one certificate.",
        .todo = "Order several certificates, or one with a star.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_WILDCARD_NEEDS_DNS] = {
        .finding = "acme.wildcard_needs_dns",
        .means = "A wildcard can be proven by DNS only.",
        .todo = "Use dns-01, or list the names one by one.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_NAME_UNISSUABLE] = {
        .finding = "acme.name_unissuable",
        .means = "No public CA may put this name into a certificate, "
            "or this CA does not.",
        .todo = "Leave the name out, or use one that ends in a public"
            " suffix.",
        .todo_ip = "Leave the address out; in your own network a name or a CA of "
            "your own does it.",
        .again = ACME_AGAIN_NEVER,
    },
    [WORD_CSR_BAD] = {
        .finding = "csr.bad",
        .means = "The CA does not take the request for the "
            "certificate.",
        .todo = "Make a new request with a new key, for exactly the "
            "names that were ordered.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_REPLACED] = {
        .finding = "acme.replaced",
        .means = "The certificate to be renewed has a successor "
            "already, or is none of this account.",
        .todo = "Order without saying which one is replaced.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_REVOKED] = {
        .finding = "acme.revoked",
        .means = "The certificate was revoked before.",
        .todo = "Nothing is left to do.",
        .again = ACME_AGAIN_NEVER,
    },
    [WORD_PERSIST_WRONG] = {
        .finding = "persist.record_wrong",
        .means = "The standing TXT record at _validation-persist was "
            "not found or does not fit.",
        .todo = "Compare the record with what the CA shows: account "
            "address, policy and end date.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_TOS_ACCOUNT] = {
        .finding = "acme.tos_account",
        .means = "The CA wants something done about the account first.",
        .todo = "Agree to the terms, give the external account "
            "binding, or make a new account, as the text says.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_REFUSED] = {
        .finding = "acme.refused",
        .means = "The CA does not allow it to this account.",
        .todo = "See whether the account, its key and the names are "
            "the right ones.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_CA_TROUBLE] = {
        .finding = "acme.ca_trouble",
        .means = "The CA has trouble of its own.",
        .todo = "Try again later.",
        .again = ACME_AGAIN_LATER,
    },
    [WORD_SEVERAL] = {
        .finding = "acme.several",
        .means = "Several names failed, each for its own reason.",
        .todo = "See what is said about each name.",
        .again = ACME_AGAIN_MENDED,
    },
    [WORD_REFUSED_TOO] = {
        .finding = "acme.refused",
        .means = "The CA refused, in words that are not known here.",
        .todo = "Read what it says; try again once it is mended.",
        .again = ACME_AGAIN_MENDED,
    },
};
