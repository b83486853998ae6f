#ifndef CERTMEND_MODEL_PLAN_H
#define CERTMEND_MODEL_PLAN_H
/*
 * plan - what we propose to do about the findings
 *
 * advise/ writes fixes from the rule table; prove/ gives each its proof,
 * drops what cannot hold, and orders the rest; templates turn it into words.
 */
#include "base/json.h"
#include "base/table.h"
#include "model/finding.h"

enum actor {                 /* who has to do it */
             ACTOR_USER,     /* whoever sets up the mail program */
             ACTOR_YOU,      /* the server's administrator */
             ACTOR_DNS,      /* the owner of the zone */
             ACTOR_PROVIDER, /* the hosting provider */
             ACTOR_LOCAL,    /* this machine or network */
             ACTOR_COUNT,
};

enum risk { RISK_NONE, RISK_RELOAD, RISK_OUTAGE, RISK_COUNT };

enum proof_kind {
    PROOF_NONE,      /* cannot be proven from here; detail says why */
    PROOF_SIMULATED, /* the checks were run again on the changed survey */
    PROOF_PROBED,    /* exactly this was looked at and came back clean */
    PROOF_COUNT,
};

enum brings { BRINGS_NOTHING, BRINGS_CERTIFICATE, BRINGS_COUNT };

enum fix_kind {               /* what it changes */
                FIX_HOSTNAME, /* the name that a mail program is told */
                FIX_PORT,
                FIX_SECURITY,
                FIX_INPUT, /* what was typed here */
                FIX_CERTIFICATE,
                FIX_RENEWAL, /* a certificate with the names there are */
                FIX_KEY,     /* a certificate, and never with the old key */
                FIX_SERVER,
                FIX_RECORD, /* the DNS, or a policy */
                FIX_DEVICE, /* this machine or network */
                FIX_LETTER, /* somebody else is asked */
                FIX_WAIT,
                FIX_COUNT,
};

enum prove_by { /* a procedure of prove/proofs.h */
                PROVE_NOTHING,
                PROVE_HOSTNAME,
                PROVE_PORT,
                PROVE_SECURITY,
                PROVE_INPUT,
                PROVE_CERTIFICATE,
                PROVE_FULL_CHAIN,
                PROVE_SHORTER_CHAIN,
                PROVE_DEPLOY,
                PROVE_MACHINES,
                PROVE_RELOAD,
                PROVE_CAA,
                PROVE_TLSA,
                PROVE_MTA_STS,
                PROVE_DNS,
                PROVE_SNI_MAP,
                PROVE_DEFAULT,
                PROVE_PLACE,
                PROVE_COUNT,
};

enum recipient { /* of the letter */
                 TO_PROVIDER,
                 TO_IT,
                 TO_DNS,
                 TO_SELLER,
                 TO_COUNT,
};

struct gate {       /* what has to be true before a fix may be carried out */
    const char *id; /* finding id: "acme.caa_forbids" */
    bool open;
    const char *detail;
};

struct fix_def {       /* one file in rules/fixes/ */
    const char *id;    /* "use-hostname" */
    const char *title; /* imperative sentence, no full stop; may have blanks */
    enum actor actor;
    enum risk risk;
    const char *effort;       /* "2 minutes" */
    const char *const *needs; /* params that must be filled; NULL ends */
    enum fix_kind kind;
    enum prove_by prove;
    enum brings brings;  /* a new certificate for params "names"? */
    unsigned recipients; /* a bit for each: 1u << TO_DNS */
    bool once;           /* a plan holds it once, whatever its params */
    const char *gathers; /* param: what every fault has to say there stands in
                            a list, its name with an "s"; or NULL */
    bool next_time;      /* its last step is about the next time, and is worth
                            doing when all is right already */
};

struct fix_defs {
    const struct fix_def *items;
    size_t len;
};

const struct fix_def *fix_defs_find(const struct fix_defs *all,
                                    const char *id); /* NULL */
bool fix_def_is_for(const struct fix_def *def, enum recipient to);

struct fix {
    const struct fix_def *def;
    const char *rule_id;       /* who said so */
    const char *title;         /* with its blanks filled */
    const char *why;           /* one sentence for the person */
    int weight;                /* the row's rank; smaller is better */
    struct json *params;       /* object */
    struct json *gathered;     /* array, or NULL; see fix_def.gathers */
    const char *const *causes; /* finding ids whose rules chose it */
    size_t causes_len;
    const char *const *clears; /* finding ids that go away, proven */
    size_t clears_len;
    enum proof_kind proof;
    const char *proof_detail;
    struct gate *gates;
    size_t gates_len;
    const char *const *steps; /* plain text, one step each */
    size_t steps_len;
    bool asks_software;  /* they are general: what serves is not known */
    const char *recheck; /* a command line */
};

enum rank_by {                 /* what comes first */
               RANK_BY_RANK,   /* the rule's number, the smaller */
               RANK_BY_CLEARS, /* what clears more */
               RANK_BY_RISK,   /* what risks less */
               RANK_BY_COUNT,
};

enum reach { /* is hit by a fault; who a place serves, by how they come there */
             REACH_ASKED,     /* what was asked about, by name and port */
             REACH_PUBLISHED, /* what mail programs are told to take */
             REACH_SPARE,     /* told of too, for when the first fails */
             REACH_MAIL_HOST, /* client ports of the domain's MX host */
             REACH_GUESS,     /* a name that programs try untold */
             REACH_FILTER,    /* client ports of somebody else's MX host */
             REACH_EXCHANGER, /* port 25 of the MX host that is preferred */
             REACH_BACKUP,    /* port 25 of another one */
             REACH_PORT_25,   /* beside the client ports of a host */
             REACH_WEB,       /* port 443 beside them */
             REACH_DOMAIN,    /* everybody: it shows at no place */
             REACH_COUNT,
};

struct confidence_table {      /* percents, but for the ids */
    int error, warning;        /* how badly it hits whom it hits */
    const struct json *harm;   /* object: an error of that id, instead */
    int who[REACH_COUNT];      /* what a place counts */
    int one_place;             /* of the harm where all other places are well */
    int further;               /* of its harm, another fault */
    const struct json *beside; /* ids that tell where or why another shows */
};

struct judging { /* rules/judging.json */
    struct confidence_table confidence;
    enum rank_by order[RANK_BY_COUNT]; /* the next where one is the same */
    size_t order_len;
};

struct deduction {
    size_t finding; /* index */
    int points;     /* 1 or more */
    enum reach who;
    size_t hit, of; /* places; 0 of 0 where it shows at none */
};

struct confidence { /* that a program gets through: 100 less what is lost */
    int lost;
    const struct deduction *items;
    size_t len;
};

struct plan {
    struct arena *arena;
    struct fix *items; /* best first once prove/ has ordered it */
    size_t len;
    const struct judging *judging; /* NULL: nothing was found */
    struct confidence confidence;
    /* For each finding the one it is told with, or NULL; NULL for all: each
     * stands for itself. */
    const struct finding *const *part_of;
};

/* What finding `at` is told with; NULL: it stands for itself. */
const struct finding *plan_part_of(const struct plan *p, size_t at);

extern const struct word actor_words[];     /* "user", "you", ... */
extern const struct word brings_words[];    /* "nothing", "certificate" */
extern const struct word risk_words[];      /* "none", "reload", "outage" */
extern const struct word proof_words[];     /* "none", "simulated", "probed" */
extern const struct word fix_kind_words[];  /* "hostname", "port", ... */
extern const struct word prove_words[];     /* "none", "hostname", ... */
extern const struct word rank_by_words[];   /* "rank", "clears", "risk" */
extern const struct word recipient_words[]; /* "provider", "it", ... */
extern const struct word reach_words[];     /* "asked", "published", ... */

#endif
