package dev.whippletree.metrics;

/** An instrument that is read from the status: its name, type, unit and description. */
enum Instrument {
    UPTIME("uptime", Sort.GAUGE, "s", "Time since the start"),
    SESSIONS("sessions", Sort.GAUGE, "{session}", "Sessions with a prompt in progress"),
    WAITING("waiting", Sort.GAUGE, "{flight}", "Prompts in the waiting line, equal ones once"),
    IN_FLIGHT("in_flight", Sort.GAUGE, "{call}", "Calls in flight"),
    PICKER_FAULTS(
            "picker.faults",
            Sort.COUNTER,
            "{fault}",
            "How often a balancing strategy threw; the target with the fewest calls for its weight was taken instead"),
    LIMIT_AMOUNT("limit.amount", Sort.GAUGE, "1", "Amount of a limit per window"),
    LIMIT_LEFT("limit.left", Sort.GAUGE, "1", "Amount of a limit that may be used now"),
    ACCOUNT_STATE(
            "account.state",
            Sort.GAUGE,
            "1",
            "1 for the account's state, 0 for the others: open, busy, cooling, off (needs somebody)"),
    ACCOUNT_OPENS_IN(
            "account.opens_in",
            Sort.GAUGE,
            "s",
            "How long until an account is tried again, 0 if it is open; absent if unknown"),
    ACCOUNT_IN_FLIGHT("account.in_flight", Sort.GAUGE, "{call}", "Calls of an account in flight"),
    ACCOUNT_CONCURRENCY("account.concurrency", Sort.GAUGE, "{call}", "Most concurrent calls of an account"),
    ACCOUNT_CALLS(
            "account.calls",
            Sort.COUNTER,
            "{call}",
            "Finished calls of an account, by result: answered, or a kind of failure"),
    ACCOUNT_STALE_CONNECTIONS(
            "account.stale_connections",
            Sort.COUNTER,
            "{connection}",
            "Kept connections of an account that the service had closed"),
    TENANT_WAITING("tenant.waiting", Sort.GAUGE, "{flight}", "Prompts of a tenant in the waiting line"),
    TENANT_OLDEST_WAIT(
            "tenant.oldest_wait", Sort.GAUGE, "s", "Age of the oldest waiting prompt of a tenant; 0 if none waits"),
    TENANT_STARTS("tenant.starts", Sort.COUNTER, "{call}", "Calls started for a tenant"),
    TENANT_LIMIT_SHARE(
            "tenant.limit.share",
            Sort.GAUGE,
            "1",
            "Share of a limit that a tenant has used within the limit's window, 0 to 1"),
    CACHE_LOOKUPS("cache.lookups", Sort.COUNTER, "{lookup}", "Lookups in a cache, hit or miss; tier 1 is the nearest"),
    CACHE_FAULTS("cache.faults", Sort.COUNTER, "{fault}", "Failed lookups, which are misses too, and failed stores"),
    COORDINATION_CONNECTED(
            "coordination.connected",
            Sort.GAUGE,
            "1",
            "1 while all limits are shared with the other processes, else 0"),
    COORDINATION_PROCESSES("coordination.processes", Sort.GAUGE, "{process}", "Processes at the last contact"),
    COORDINATION_ATTEMPTS(
            "coordination.attempts",
            Sort.COUNTER,
            "{attempt}",
            "Attempts, by result: granted by the coordinator, granted_alone while it is away, refused"),
    COORDINATION_QUESTIONS(
            "coordination.questions",
            Sort.COUNTER,
            "{question}",
            "Questions, by result: claimed by this process, left_to_others"),
    COORDINATION_FAULTS("coordination.faults", Sort.COUNTER, "{fault}", "Failed requests to the coordinator");

    /** What sort of number it is. */
    enum Sort {
        /** Goes up and down. */
        GAUGE,
        /** Only grows. */
        COUNTER
    }

    private final String shortName;
    private final Sort sort;
    private final String unit;
    private final String meaning;

    Instrument(String shortName, Sort sort, String unit, String meaning) {
        this.shortName = shortName;
        this.sort = sort;
        this.unit = unit;
        this.meaning = meaning;
    }

    String fullName() {
        return Own.PREFIX + shortName;
    }

    Sort sort() {
        return sort;
    }

    /** Returns the unit as OpenTelemetry writes it; what counts things has it in braces. */
    String unit() {
        return unit;
    }

    /** Returns whether it is a time. */
    boolean isTime() {
        return unit.equals("s");
    }

    String meaning() {
        return meaning;
    }
}
