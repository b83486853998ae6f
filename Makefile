# certmend - see README.md
#
#   make            build/certmend, runnable from there
#   make run        install what is missing, build, show it on a small broken server
#   make test       install what is missing, build, run every test
#   make test-long  those that take many minutes: tests/long
#   make check T=x  build, run the tests whose path holds x
#   make asan ubsan the same tests with sanitizers
#   make tidy format bench fuzz cover install deb

SHELL := /bin/sh
CC    ?= gcc
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
TARGET ?=
V ?=
Q := $(if $(V),,@)
MAKEFLAGS += --no-print-directory
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

LIBS_PC  := openssl libcurl libcjson libevent libevent_openssl libidn2 libpsl expat
PKG_CFLAGS := $(shell pkg-config --cflags openssl libcurl libcjson libevent libidn2 libpsl expat 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs libcjson libevent openssl libidn2 libpsl expat 2>/dev/null) \
              -lunbound -lunistring -lresolv -ldl

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wwrite-strings -Wcast-qual -Wformat=2 -Wvla \
        -Wundef -Werror
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
HARDEN_LD := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
OPT := -O2 -g
CPPFLAGS_ALL := -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -Iassistant $(PKG_CFLAGS)
CFLAGS_ALL := -std=c11 $(OPT) $(WARN) $(HARDEN) $(SAN) $(CFLAGS)
LDFLAGS_ALL := $(HARDEN_LD) $(SAN) $(LDFLAGS)

SRC := $(sort $(wildcard assistant/*/*.c))
OBJ := $(SRC:assistant/%.c=$(BUILD)/obj/%.o)
LIB := $(BUILD)/libcertmend.a
# Ready files are for people and other programs.
READY := templates/openssl templates/acme
DATA := $(sort $(shell find rules templates -type f $(READY:%=! -path '%/*') 2>/dev/null))
UNIT := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN := $(UNIT:tests/unit/%.c=$(BUILD)/unit/%)
UNIT_OBJ := $(UNIT:tests/unit/%.c=$(BUILD)/unit/obj/%.o)
UNIT_HELP := $(filter-out $(UNIT),$(sort $(wildcard tests/unit/*.c)))
UNIT_HELP_OBJ := $(UNIT_HELP:tests/unit/%.c=$(BUILD)/unit/help/%.o)

.PHONY: all help run test test-long check deps asan ubsan tidy format format-check bench fuzz \
        cover install install-built deb man clean unit

all: $(BUILD)/certmend

help: # what stands at the head of this file
	@sed -n '/^#   make/,/^$$/s/^#   //p' Makefile

$(BUILD)/certmend: $(BUILD)/obj/main.o $(LIB)
	@echo "  LINK $@"
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)

$(LIB): $(OBJ) $(BUILD)/obj/embedded.o
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/obj/%.o: assistant/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# rules/ and templates/ become part of the program.
$(BUILD)/embedded.c: $(DATA) assistant/base/embed.sh
	@mkdir -p $(@D)
	$(Q)sh assistant/base/embed.sh $(DATA) > $@.new && mv $@.new $@

$(BUILD)/obj/embedded.o: $(BUILD)/embedded.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(BUILD)/unit/help/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# It plays the web server's part; its own functions come first.
$(BUILD)/unit/test_serve_pages: LDFLAGS_ALL += -Wl,--allow-multiple-definition

# They run for milliseconds: what counts is how long compiling takes.
$(BUILD)/unit/%.o: CFLAGS_ALL := $(subst -O2,-O1,$(CFLAGS_ALL))

$(BUILD)/unit/obj/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/unit/%: $(BUILD)/unit/obj/%.o $(UNIT_HELP_OBJ) $(LIB)
	@echo "  TEST $@"
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS) -lcmocka

unit: $(UNIT_BIN)

# Pages with data of a test's own, for the browser.
$(BUILD)/page_sample: tests/page/page_sample.c $(LIB)
	@echo "  TEST $@"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)

-include $(OBJ:.o=.d) $(BUILD)/obj/main.d $(UNIT_OBJ:.o=.d) $(UNIT_HELP_OBJ:.o=.d)
.SECONDARY: $(UNIT_HELP_OBJ) $(UNIT_OBJ)

deps:
	@sh tests/deps.sh

test: deps
	@$(MAKE) check

test-long: deps all unit $(BUILD)/page_sample
	@LONG=1 BUILD=$(BUILD) sh tests/run.sh $(T)

# T=name: only the tests whose path holds it, and no other unit program is linked.
T ?=
check: all $(BUILD)/page_sample $(if $(T),$(foreach t,$(T),$(foreach b,$(UNIT_BIN),$(if $(findstring $(t),$(b)),$(b)))),unit)
	@BUILD=$(BUILD) sh tests/run.sh $(T)

# Exit status 1 says that a server is wrong: a sanitizer has to say another.
asan: export ASAN_OPTIONS := detect_leaks=1:exitcode=99
ubsan: export UBSAN_OPTIONS := print_stacktrace=1:exitcode=99

asan:
	@$(MAKE) check CC=clang BUILD=build/asan OPT="-O1 -g" HARDEN= HARDEN_LD= \
	    SAN="-fsanitize=address -fno-omit-frame-pointer"

ubsan:
	@$(MAKE) check CC=clang BUILD=build/ubsan OPT="-O1 -g" HARDEN= HARDEN_LD= \
	    SAN="-fsanitize=undefined -fno-sanitize-recover=all"

# Beside what building needs.
TIDY_WANT := clang-tidy clang-format cppcheck pkg-config libssl-dev libcurl4-openssl-dev \
             libcjson-dev libunbound-dev libevent-dev libidn2-dev libpsl-dev libexpat1-dev libunistring-dev libedit-dev

format:
	@clang-format -i $(SRC) assistant/main.c $(wildcard assistant/*/*.h) \
	    $(wildcard tests/*/*.[ch])

format-check:
	@clang-format --dry-run -Werror $(SRC) assistant/main.c \
	    $(wildcard assistant/*/*.h) $(wildcard tests/*/*.[ch])

tidy:
	@WANT="$(TIDY_WANT)" sh tests/deps.sh
	@printf '%s\n' $(SRC) assistant/main.c | xargs -P 2 -I FILE \
	    clang-tidy --quiet --warnings-as-errors='*' FILE -- -std=c11 \
	    $(CPPFLAGS_ALL) 2>/dev/null
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	    --enable=warning,performance,portability -Iassistant $(SRC)

# What building and the small broken server need; the tests need more.
RUN_WANT := gcc libc6-dev make pkg-config libssl-dev libcurl4-openssl-dev \
            libcjson-dev libunbound-dev libevent-dev libidn2-dev libpsl-dev libexpat1-dev libunistring-dev libedit-dev \
            publicsuffix ca-certificates openssl python3

run:
	@WANT="$(RUN_WANT)" sh tests/deps.sh
	@$(MAKE) all
	@BUILD=$(BUILD) sh tests/demo/run.sh "$(TARGET)"

bench: all
	@BUILD=$(BUILD) python3 tests/bench/bench.py
	@BUILD=$(BUILD) python3 tests/bench/acme.py

# Built by tests/fuzz/run.sh, with clang: into build/fuzz with everything else, or
# around the code that was built already.
FUZZ = $(CPPFLAGS_ALL) -std=c11 $(OPT) -w $(SAN) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS)
$(BUILD)/fuzz_% $(BUILD)/fuzz/brief/fuzz_%: tests/fuzz/fuzz_%.c $(LIB)
	@mkdir -p $(@D)
	@echo "  FUZZ $@"
	$(Q)clang $(FUZZ) -o $@ $< $(LIB) $(PKG_LIBS)

S ?= 60
fuzz:
	@S=$(S) T=$(T) sh tests/fuzz/run.sh

cover:
	@$(MAKE) check BUILD=build/cover OPT="-O0 -g" HARDEN= HARDEN_LD= SAN=--coverage
	@sh tests/cover.sh build/cover

# What the pages list is asked of the program.
man: all
	@sh assistant/dist/man/make.sh $(BUILD)/certmend $(BUILD)/man

SHARE := $(DESTDIR)$(PREFIX)/share
UNITS := $(DESTDIR)$(PREFIX)/lib/systemd/system
install: all
	@$(MAKE) install-built

# Builds nothing: what is packed is what was tested.
install-built:
	@sh assistant/dist/man/make.sh $(BUILD)/certmend $(BUILD)/man
	@install -D -m 755 $(BUILD)/certmend $(DESTDIR)$(PREFIX)/bin/certmend
	@install -D -m 644 -t $(SHARE)/man/man1 $(BUILD)/man/certmend.1
	@install -D -m 644 -t $(SHARE)/man/man5 $(BUILD)/man/certmend-*.5
	@install -D -m 644 -t $(SHARE)/doc/certmend LICENSE $(wildcard README.md)
	@install -D -m 644 -t $(SHARE)/doc/certmend/openssl $(wildcard templates/openssl/*)
	@install -D -m 644 -t $(SHARE)/doc/certmend/acme $(wildcard templates/acme/*)
	@install -D -m 644 assistant/dist/completions/certmend.bash \
	    $(SHARE)/bash-completion/completions/certmend
	@install -D -m 644 -t $(SHARE)/zsh/vendor-completions \
	    assistant/dist/completions/_certmend
	@install -D -m 644 -t $(SHARE)/fish/vendor_completions.d \
	    assistant/dist/completions/certmend.fish
	@install -D -m 755 -t $(SHARE)/certmend/hooks $(wildcard examples/hooks/*)
	@install -d $(UNITS) $(SHARE)/doc/certmend/examples
	@for unit in renew.service renew.timer serve.service; do \
	    sed 's|/usr/local/|$(PREFIX)/|' examples/systemd/certmend-$$unit \
	        >$(UNITS)/certmend-$$unit || exit; done
	@install -D -m 644 -t $(SHARE)/doc/certmend/examples/public \
	    $(wildcard examples/public/*)
	@sed 's|/usr/local/|$(PREFIX)/|' examples/systemd/certmend.cron \
	    >$(SHARE)/doc/certmend/examples/certmend.cron

deb: all
	@BUILD=$(BUILD) sh assistant/dist/packaging/deb.sh

clean:
	@rm -rf build
