package dev.whippletree.tests.clients;

/** What a client can do: the columns of the table of clients in docs/gateway.md, in their order. */
enum Capability {
    WHOLE("whole"),
    STREAM("stream"),
    TOOLS("tools"),
    JSON("JSON"),
    IMAGE("image"),
    REASONING("reasoning"),
    REFUSAL("refusal"),
    LEAVING("leaving"),
    TIMEOUT("timeout"),
    BREAK("break"),
    ERRORS("errors");

    private final String column;

    Capability(String column) {
        this.column = column;
    }

    /** Returns the column's name. */
    String column() {
        return column;
    }
}
