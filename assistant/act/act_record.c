#include "act/act_record.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_fields.h"
#include "crypto/digest.h"

enum {
    INTENT_MAX = 512 * 1024,
    WHAT_MAX = 300, /* bytes of one line */
    STAMP_LEN = 16, /* "20261128T201500Z" */
    SHA256_HEX = 64,
    MODE_MAX = 07777,
    SECOND_NS = 1000 * 1000 * 1000,
};

static const char intent_file[] = "intent.json";

static const struct json_field file_fields[] = {
    JSON_FIELD_TEXT("path", struct act_record_file, path, 0),
    JSON_FIELD_BOOL("was_there", struct act_record_file, was_there, 0),
    JSON_FIELD_NUMBER("mode", struct act_record_file, mode, 0, MODE_MAX),
    JSON_FIELD_NUMBER("uid", struct act_record_file, uid, 0, UINT32_MAX),
    JSON_FIELD_NUMBER("gid", struct act_record_file, gid, 0, UINT32_MAX),
    JSON_FIELD_NUMBER("mtime_s", struct act_record_file, mtime_s,
                      -(int64_t)JSON_INT_MAX, (int64_t)JSON_INT_MAX),
    JSON_FIELD_NUMBER("mtime_ns", struct act_record_file, mtime_ns, 0,
                      SECOND_NS - 1),
    JSON_FIELD_TEXT("before_sha256", struct act_record_file, before_sha256, 0),
    JSON_FIELD_TEXT("after_sha256", struct act_record_file, after_sha256, 0),
    JSON_FIELDS_END,
};

static const struct json_field record_fields[] = {
    JSON_FIELD_SCHEMA("certmend.act/1"),
    JSON_FIELD_TEXT("what", struct act_record, what, 0),
    JSON_FIELD_TEXT("target", struct act_record, target, JSON_OR_NULL),
    JSON_FIELD_NUMBER("at", struct act_record, at, CLOCK_FIRST_S, CLOCK_LAST_S),
    JSON_FIELD_LIST("files", struct act_record, files, files_len, file_fields),
    JSON_FIELD_TEXTS("check", struct act_record, check, check_len, 0),
    JSON_FIELD_TEXTS("reload", struct act_record, reload, reload_len, 0),
    JSON_FIELDS_END,
};

/* The time's part, without the digits. */
static bool is_stamp(const char *name)
{
    static const char shape[] = "dddddddd"
                                "T"
                                "dddddd"
                                "Z";

    for (size_t i = 0; i < STAMP_LEN; i++) {
        bool is_digit = name[i] >= '0' && name[i] <= '9';
        if (shape[i] == 'd' ? !is_digit : name[i] != shape[i])
            return false;
    }
    return true;
}

bool act_record_is_id(const char *name)
{
    enum { NUMBER_DIGITS = 6, ID_MAX = 80 };

    if (strlen(name) > ID_MAX || !is_stamp(name) || name[STAMP_LEN] != '-')
        return false;
    const char *slug = name + STAMP_LEN + 1;
    size_t len = strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789");
    if (!len || slug[len] != '-')
        return false;
    const char *number = slug + len + 1;
    size_t digits = strspn(number, "0123456789");
    return digits && digits <= NUMBER_DIGITS && !number[digits];
}

long act_record_number(const char *id)
{
    const char *dash = strrchr(id, '-');

    return dash ? strtol(dash + 1, NULL, 10) : 0;
}

const char *act_record_name(struct arena *a, size_t file, const char *kind)
{
    return arena_printf(a, "%zu.%s", file + 1, kind);
}

/* "a" of "/x/a/b": a part of a path that leads nowhere else. */
static bool is_part(const char *part, size_t len)
{
    bool is_dots = len <= 2 && strspn(part, ".") >= len;

    return len && len <= NAME_MAX && !is_dots;
}

static bool is_path(const char *path)
{
    if (path[0] != '/' || strlen(path) >= PATH_MAX)
        return false;
    for (const char *part = path; *part;) {
        size_t len = strcspn(part + 1, "/");
        if (!is_part(part + 1, len))
            return false;
        part += 1 + len;
    }
    return true;
}

static bool is_digest(const char *text)
{
    return strspn(text, "0123456789abcdef") == SHA256_HEX && !text[SHA256_HEX];
}

/* NULL: the file's row is as it has to be; else the field that is not. */
static const char *fault_in_file(const struct act_record *r, size_t i)
{
    const struct act_record_file *f = &r->files[i];

    if (!is_path(f->path))
        return "path";
    for (size_t k = 0; k < i; k++)
        if (strcmp(r->files[k].path, f->path) == 0)
            return "path";
    if (f->was_there ? !is_digest(f->before_sha256) : *f->before_sha256 != '\0')
        return "before_sha256";
    return is_digest(f->after_sha256) ? NULL : "after_sha256";
}

/* None, or a program that is named whole or found where system programs are. */
static bool is_command(const char *const *words, size_t len)
{
    if (!len)
        return true;
    const char *program = words[0];
    bool is_name = !strchr(program, '/') && program[0] != '-';
    return len <= ACT_WORDS_MAX && *program && (is_name || *program == '/');
}

static void check(struct json_reader *r, const struct act_record *c)
{
    if (!*c->what || strlen(c->what) > WHAT_MAX)
        json_fields_fault(r, NULL, 0, "what", "is no line of a usual length");
    if (c->target && strlen(c->target) > WHAT_MAX)
        json_fields_fault(r, NULL, 0, "target", "is too long");
    if (!c->files_len || c->files_len > ACT_FILES_MAX)
        json_fields_fault(r, NULL, 0, "files", "has none, or too many");
    for (size_t i = 0; !r->failed && i < c->files_len; i++) {
        const char *field = fault_in_file(c, i);
        if (field)
            json_fields_fault(r, "files", i, field,
                              "is not as certmend "
                              "writes it");
    }
    if (!is_command(c->check, c->check_len))
        json_fields_fault(r, NULL, 0, "check", "is no command");
    if (!is_command(c->reload, c->reload_len))
        json_fields_fault(r, NULL, 0, "reload", "is no command");
}

/* As exec(3) wants it. */
static void end_words(struct arena *a, const char ***words, size_t len)
{
    const char **ended = arena_alloc(a, len + 1, sizeof *ended);

    for (size_t i = 0; i < len; i++)
        ended[i] = (*words)[i];
    *words = ended;
}

bool act_record_parse(struct arena *a, const char *text, size_t len,
                      const char *name, struct act_record *out, struct err *err)
{
    struct json_reader r = { a, name, err, false };
    struct act_record found = { .id = NULL };
    struct json *j = NULL;

    if (!json_parse(a, text, len, name, &j, err))
        return false;
    if (j->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: an object was wanted", name);
    if (json_fields_read(&r, j, record_fields, &found))
        check(&r, &found);
    if (r.failed)
        return false;
    end_words(a, &found.check, found.check_len);
    end_words(a, &found.reload, found.reload_len);
    *out = found;
    return true;
}

static bool write_files(const struct act_folder *f, const struct act_record *r,
                        struct err *err)
{
    for (size_t i = 0; i < r->files_len; i++) {
        const struct act_record_file *one = &r->files[i];
        if (one->was_there &&
            !act_folder_write(f, act_record_name(f->arena, i, "before"),
                              one->before, one->before_len, err))
            return false;
        if (!act_folder_write(f, act_record_name(f->arena, i, "after"),
                              one->after, one->after_len, err))
            return false;
    }
    return true;
}

static bool digest_files(struct arena *a, struct act_record *r, struct err *err)
{
    struct act_record_file *files =
        arena_copy(a, r->files, r->files_len * sizeof *files);

    for (size_t i = 0; i < r->files_len; i++) {
        struct act_record_file *one = &files[i];
        if (one->before_len > ACT_FILE_MAX || one->after_len > ACT_FILE_MAX)
            return err_set(err, ERR_INPUT, "%s is too big to be changed",
                           one->path);
        one->before_sha256 =
            one->was_there ? digest_sha256(a, one->before, one->before_len)
                           : "";
        one->after_sha256 = digest_sha256(a, one->after, one->after_len);
    }
    r->files = files;
    return true;
}

static bool print(struct arena *a, const struct act_record *r, struct buf *out,
                  struct err *err)
{
    struct json *j = json_object(a);

    json_fields_write(a, j, record_fields, r);
    buf_init(out, a, INTENT_MAX);
    json_print(j, true, out);
    return !out->full ||
           err_set(err, ERR_INPUT, "%s would be too long", intent_file);
}

bool act_record_check(struct arena *a, struct act_record *r, struct err *err)
{
    struct act_record again;
    struct buf text;

    if (!r->files_len || r->files_len > ACT_FILES_MAX)
        return err_set(err, ERR_INPUT, "%zu files cannot be changed at once",
                       r->files_len);
    if (!digest_files(a, r, err) || !print(a, r, &text, err) ||
        !act_record_parse(a, text.text, text.len, intent_file, &again, err))
        return false;
    /* A byte that is no text becomes another one in JSON. */
    for (size_t i = 0; i < r->files_len; i++)
        if (strcmp(r->files[i].path, again.files[i].path) != 0)
            return err_set(err, ERR_INPUT,
                           "%s has a name that cannot be written down: it is "
                           "left as it is",
                           again.files[i].path);
    return true;
}

bool act_record_write(const struct act_folder *f, const struct act_record *r,
                      struct err *err)
{
    struct buf text;

    return print(f->arena, r, &text, err) && write_files(f, r, err) &&
           act_folder_write(f, intent_file, text.text, text.len, err);
}

static bool read_bytes(const struct act_folder *f, const char *name,
                       const char *sha256, const char **text, size_t *len,
                       struct err *err)
{
    if (!act_folder_read(f, name, ACT_FILE_MAX, text, len, err))
        return false;
    if (strcmp(digest_sha256(f->arena, *text, *len), sha256) != 0)
        return err_set(err, ERR_INPUT, "%s/%s is not what was written into it",
                       f->path, name);
    return true;
}

static bool read_files(const struct act_folder *f, struct act_record *r,
                       struct err *err)
{
    struct arena *a = f->arena;
    struct act_record_file *files =
        arena_copy(a, r->files, r->files_len * sizeof *files);

    for (size_t i = 0; i < r->files_len; i++) {
        struct act_record_file *one = &files[i];
        if (one->was_there &&
            !read_bytes(f, act_record_name(a, i, "before"), one->before_sha256,
                        &one->before, &one->before_len, err))
            return false;
        if (!read_bytes(f, act_record_name(a, i, "after"), one->after_sha256,
                        &one->after, &one->after_len, err))
            return false;
    }
    r->files = files;
    return true;
}

bool act_record_read(const struct act_folder *f, const char *id,
                     struct act_record *out, struct err *err)
{
    const char *name = arena_printf(f->arena, "%s/%s", f->path, intent_file);
    struct act_record r = { .id = NULL };
    const char *text = NULL;
    size_t len = 0;

    if (!act_folder_read(f, intent_file, INTENT_MAX, &text, &len, err) ||
        !act_record_parse(f->arena, text, len, name, &r, err) ||
        !read_files(f, &r, err))
        return false;
    r.id = id;
    *out = r;
    return true;
}
