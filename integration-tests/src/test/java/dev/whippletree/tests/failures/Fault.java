package dev.whippletree.tests.failures;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.StatusSnapshot.AccountState;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The failure table: what a service does, what that means, and what becomes of the account. */
enum Fault {
    TOLD_TO_WAIT("429=60s", "429", FailureKind.RATE_LIMITED, AccountState.BUSY),
    LIMITED_SILENTLY("429-silent", "429", FailureKind.RATE_LIMITED, AccountState.BUSY),
    NO_CREDIT("402", "402", FailureKind.QUOTA_EXHAUSTED, AccountState.OFF),
    OVERLOADED("503", "503", FailureKind.OVERLOADED, AccountState.COOLING),
    FLEX_CAPACITY("498", "498", FailureKind.OVERLOADED, AccountState.COOLING),
    SERVER_ERROR("500", "500", FailureKind.UNAVAILABLE, AccountState.OPEN),
    BAD_GATEWAY("502", "502", FailureKind.UNAVAILABLE, AccountState.OPEN),
    RESET("reset", "reset", FailureKind.UNAVAILABLE, AccountState.OPEN),
    MALFORMED("malformed", "malformed", FailureKind.UNAVAILABLE, AccountState.OPEN),
    CUT("cut", "cut", FailureKind.UNAVAILABLE, AccountState.OPEN),
    HANG("hang", "hang", FailureKind.TIMEOUT, AccountState.OPEN),
    SLOW("slow=60s", "200", FailureKind.TIMEOUT, AccountState.OPEN),
    STALL("stall", "stall", FailureKind.TIMEOUT, AccountState.OPEN),
    TOKEN_REFUSED("401", "401", FailureKind.UNAUTHORIZED, AccountState.OFF),
    FORBIDDEN("403", "403", FailureKind.UNAUTHORIZED, AccountState.OFF),
    TOO_LONG("413", "413", FailureKind.TOO_LARGE, AccountState.OPEN),
    FILTERED("filter", "400", FailureKind.FILTERED, AccountState.OPEN),
    BAD_REQUEST("400", "400", FailureKind.REJECTED, AccountState.OPEN);

    private final String script;
    private final String counted;
    private final FailureKind kind;
    private final AccountState state;

    Fault(String script, String counted, FailureKind kind, AccountState state) {
        this.script = script;
        this.counted = counted;
        this.kind = kind;
        this.state = state;
    }

    /** Returns the rule that makes it happen. */
    String script() {
        return script;
    }

    /** Returns what the emulator's statistics call it. */
    String counted() {
        return counted;
    }

    /** Returns the same for a service: Groq refuses what is longer than the context with a 400 of its own. */
    String counted(ServiceKind service) {
        return service == ServiceKind.GROQ && this == TOO_LONG ? "400" : counted();
    }

    /** Returns what it means. */
    FailureKind kind() {
        return kind;
    }

    /** Returns in what state one of it leaves the account. */
    AccountState state() {
        return state;
    }

    /** Returns every provider together with every fault of these kinds that its service has. */
    static Stream<Arguments> everywhere(FailureKind... kinds) {
        return Arrays.stream(ServiceKind.values())
                .flatMap(service -> Arrays.stream(values())
                        .filter(fault -> Arrays.asList(kinds).contains(fault.kind))
                        .filter(fault -> fault != FLEX_CAPACITY || service == ServiceKind.GROQ)
                        .map(fault -> Arguments.of(service, fault)));
    }
}
