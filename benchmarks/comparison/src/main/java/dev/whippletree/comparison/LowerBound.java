package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.EmulatedAccount;
import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * The time in which nobody can have all questions of a case answered sooner, whatever is known beforehand: limits, how
 * they are counted, outages, how long answers take, what will be asked. Shares no code with the engine, nor with the
 * emulator's meters. Confined to one thread; used once.
 *
 * <p>It is the larger of two: the time of the longest sequence of questions when nothing is limited; and the time until
 * the accounts have admitted a call for each distinct question, if all could be asked at once. As all calls of a case
 * take equally long and have equally many tokens, admitting each as early as possible admits the most by any moment.
 * Faults that are drawn by lot are left out, so where there are any, nobody can be as quick.
 */
final class LowerBound {

    private final List<Room> rooms = new ArrayList<>();
    private final Case of;
    private final long latencyNanos;

    LowerBound(Case of) {
        this.of = of;
        ServiceSettings service = of.service();
        this.latencyNanos = service.latency().mean().toNanos();
        long tokens = tokens(of);
        for (EmulatedAccount account : service.accounts()) {
            rooms.add(new Room(limits(service, account), outages(service, account), tokens));
        }
    }

    Duration time() {
        return Duration.ofNanos(Math.max(longestSequenceNanos(), roomNanos()));
    }

    /** Returns whether the accounts' limits decide the time, so that contenders mostly wait. */
    boolean isQuota() {
        return roomNanos() > longestSequenceNanos();
    }

    /**
     * Returns the most questions that can be answered within a time if each takes a call of its own: no more than the
     * accounts admit, and no more than the callers can ask one after the other.
     */
    long answeredWithoutCache(Duration within) {
        long last = within.toNanos() - latencyNanos;
        long asked = of.callers().stream()
                .mapToLong(caller -> Math.min(
                        caller.texts().size(),
                        within.toNanos() / (caller.pause().toNanos() + latencyNanos)))
                .sum();
        return admit(asked, last).calls();
    }

    /** Calls that the accounts have admitted, and when the last of them. */
    private record Admitted(long calls, long atNanos) {}

    /** Has the accounts admit so many calls, each as early as possible, or as many as they can until a moment. */
    private Admitted admit(long calls, long lastNanos) {
        long admitted = 0;
        long now = 0;
        while (admitted < calls && now <= lastNanos) {
            long at = now;
            Optional<Room> free =
                    rooms.stream().filter(room -> room.earliestNanos(at) <= at).findFirst();
            if (free.isPresent()) {
                free.get().take(at);
                admitted++;
            } else {
                now = rooms.stream()
                        .mapToLong(room -> room.earliestNanos(at))
                        .min()
                        .orElseThrow();
            }
        }
        return new Admitted(admitted, now);
    }

    /** A question that has been answered before takes no time. */
    private long longestSequenceNanos() {
        Map<String, Long> answeredNanos = new HashMap<>();
        PriorityQueue<Asking> asking = new PriorityQueue<>(Comparator.comparingLong(Asking::atNanos));
        of.callers().forEach(caller -> asking.add(new Asking(caller.pause().toNanos(), caller, 0)));
        long lastNanos = 0;
        while (!asking.isEmpty()) {
            Asking now = asking.remove();
            long answered = answeredNanos.computeIfAbsent(now.text(), text -> now.atNanos + latencyNanos);
            long next = Math.max(now.atNanos, answered);
            lastNanos = Math.max(lastNanos, next);
            if (now.index + 1 < now.caller.texts().size()) {
                asking.add(new Asking(next + now.caller.pause().toNanos(), now.caller, now.index + 1));
            }
        }
        return lastNanos;
    }

    private long roomNanos() {
        return admit(of.distinct(), Long.MAX_VALUE).atNanos() + latencyNanos;
    }

    private record Asking(long atNanos, Caller caller, int index) {

        String text() {
            return caller.texts().get(index);
        }
    }

    private static EmulatedOrganization limits(ServiceSettings service, EmulatedAccount account) {
        return service.organizations().stream()
                .filter(organization -> organization.id().equals(account.organization()))
                .findFirst()
                .orElseThrow();
    }

    private static List<FaultRule.Window> outages(ServiceSettings service, EmulatedAccount account) {
        return service.faults().rules().stream()
                .filter(rule -> rule.share() >= 1)
                .filter(rule -> rule.account().map(account.id()::equals).orElse(true))
                .flatMap(rule -> rule.window().stream())
                .toList();
    }

    /** Asks the service's twin without limits. All calls of a case have equally many tokens. */
    private static long tokens(Case of) {
        EmulatedService twin = new EmulatedService(
                ServiceSettings.builder(of.service().kind())
                        .answerLength(of.service().answerLength().orElseThrow())
                        .account("twin", "twin")
                        .build(),
                0);
        String text = of.callers().get(0).texts().get(0);
        ChatRequest request = new ChatRequest(
                Case.MODEL,
                ChatMessage.of(Prompt.of(text).messages()),
                OptionalLong.of(Case.MAX_TOKENS),
                false,
                false,
                Map.of());
        if (twin.receive(Optional.of("twin"), request, 0) instanceof Outcome.Answered answered) {
            return answered.answer().draft().promptTokens()
                    + (of.service().kind() == ServiceKind.GROQ
                            ? Case.MAX_TOKENS
                            : answered.answer().draft().completionTokens());
        }
        throw new IllegalStateException("a service without limits refuses");
    }
}
