package dev.whippletree.metrics;

/** What is read from a status: its name, what sort of number it is, its unit, and what it means. */
enum Instrument {
    UPTIME("uptime", Sort.GAUGE, "s", "How long prompts have been taken"),
    SESSIONS("sessions", Sort.GAUGE, "{session}", "Sessions with a prompt under way"),
    WAITING("waiting", Sort.GAUGE, "{flight}", "Flights in the waiting line"),
    IN_FLIGHT("in_flight", Sort.GAUGE, "{call}", "Calls under way"),
    PICKER_FAULTS(
            "picker.faults",
            Sort.COUNTER,
            "{fault}",
            "How often a balancing strategy threw and round-robin picked instead"),
    LIMIT_AMOUNT("limit.amount", Sort.GAUGE, "1", "How much a window of a limit allows"),
    LIMIT_LEFT("limit.left", Sort.GAUGE, "1", "How much of a limit may be used now"),
    ACCOUNT_STATE("account.state", Sort.GAUGE, "1", "1 for the state that an account is in, 0 for the others"),
    ACCOUNT_OPENS_IN(
            "account.opens_in",
            Sort.GAUGE,
            "s",
            "How long until an account is tried again, 0 if it is open; absent while nobody knows"),
    ACCOUNT_IN_FLIGHT("account.in_flight", Sort.GAUGE, "{call}", "Calls of an account under way"),
    ACCOUNT_CONCURRENCY(
            "account.concurrency", Sort.GAUGE, "{call}", "How many calls of an account there may be at once"),
    ACCOUNT_CALLS("account.calls", Sort.COUNTER, "{call}", "Calls of an account that were answered or failed"),
    TENANT_WAITING("tenant.waiting", Sort.GAUGE, "{flight}", "Flights of a tenant in the waiting line"),
    TENANT_OLDEST_WAIT(
            "tenant.oldest_wait",
            Sort.GAUGE,
            "s",
            "How long ago the oldest waiting prompt of a tenant was asked; 0 if none waits"),
    TENANT_STARTS("tenant.starts", Sort.COUNTER, "{call}", "Calls begun for a tenant"),
    TENANT_LIMIT_SHARE(
            "tenant.limit.share",
            Sort.GAUGE,
            "1",
            "Which part of a limit a tenant has used within the limit's window, 0 to 1"),
    CACHE_LOOKUPS("cache.lookups", Sort.COUNTER, "{lookup}", "Look-ups in a cache"),
    CACHE_FAULTS("cache.faults", Sort.COUNTER, "{fault}", "Look-ups and stores of a cache that failed"),
    COORDINATION_CONNECTED(
            "coordination.connected", Sort.GAUGE, "1", "1 while the other processes can be reached, else 0"),
    COORDINATION_PROCESSES(
            "coordination.processes", Sort.GAUGE, "{process}", "Processes when they could last be counted"),
    COORDINATION_ATTEMPTS(
            "coordination.attempts", Sort.COUNTER, "{attempt}", "Attempts that the other processes were asked about"),
    COORDINATION_QUESTIONS(
            "coordination.questions", Sort.COUNTER, "{question}", "Questions that one of several processes calls for"),
    COORDINATION_FAULTS("coordination.faults", Sort.COUNTER, "{fault}", "Questions to the coordinator that failed");

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
