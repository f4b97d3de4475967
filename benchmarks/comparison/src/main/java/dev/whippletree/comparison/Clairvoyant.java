package dev.whippletree.comparison;

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
 * Schedules a case knowing everything: limits, how they are counted, outages, how long answers take, what will be asked. Shares no code
 * with the engine, nor with the emulator's meters. Confined to one thread; used once.
 *
 * <p>It asks each distinct question once, no earlier than its first caller, at the first moment at which an account has room; those
 * first whose callers have most questions left. No call of it meets a fault by chance, so where faults are drawn by lot, nobody can be
 * as quick.
 */
final class Clairvoyant {

    private final List<Seat> seats = new ArrayList<>();
    private final List<Room> rooms = new ArrayList<>();
    private final Map<String, Long> answeredNanos = new HashMap<>();
    private final long latencyNanos;

    /** A caller on its way through its questions. */
    private static final class Seat {

        private final Caller caller;
        private int index;

        Seat(Caller caller) {
            this.caller = caller;
        }

        int left() {
            return caller.texts().size() - index;
        }
    }

    /** When a caller asks its next question. */
    private record Coming(long atNanos, Seat seat) {}

    Clairvoyant(Case of) {
        ServiceSettings service = of.service();
        latencyNanos = service.latency().mean().toNanos();
        long tokens = tokens(of);
        for (EmulatedAccount account : service.accounts()) {
            rooms.add(new Room(limits(service, account), outages(service, account), tokens));
        }
        of.callers().forEach(caller -> seats.add(new Seat(caller)));
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
            return answered.answer().promptTokens()
                    + (of.service().kind() == ServiceKind.GROQ
                            ? Case.MAX_TOKENS
                            : answered.answer().completionTokens());
        }
        throw new IllegalStateException("a service without limits refuses");
    }

    /** Returns when the last question is answered. */
    Duration bound() {
        PriorityQueue<Coming> coming = new PriorityQueue<>(Comparator.comparingLong(Coming::atNanos));
        PriorityQueue<Seat> waiting =
                new PriorityQueue<>(Comparator.comparingInt(Seat::left).reversed());
        seats.forEach(seat -> coming.add(new Coming(seat.caller.pause().toNanos(), seat)));
        long lastNanos = 0;
        long now = 0;
        while (!coming.isEmpty() || !waiting.isEmpty()) {
            while (!coming.isEmpty() && coming.element().atNanos <= now) {
                waiting.add(coming.remove().seat);
            }
            long again = Long.MAX_VALUE;
            while (!waiting.isEmpty()) {
                Long answered = answeredNanos.get(text(waiting.element()));
                if (answered == null) {
                    again = earliestNanos(now);
                    if (again > now) {
                        break;
                    }
                    answered = call(text(waiting.element()), now);
                }
                Seat seat = waiting.remove();
                long next = Math.max(now, answered);
                lastNanos = Math.max(lastNanos, next);
                seat.index++;
                if (seat.left() > 0) {
                    coming.add(new Coming(next + seat.caller.pause().toNanos(), seat));
                }
            }
            now = Math.min(again, coming.isEmpty() ? Long.MAX_VALUE : Math.max(now, coming.element().atNanos));
        }
        return Duration.ofNanos(lastNanos);
    }

    private static String text(Seat seat) {
        return seat.caller.texts().get(seat.index);
    }

    private long earliestNanos(long now) {
        return rooms.stream().mapToLong(room -> room.earliestNanos(now)).min().orElseThrow();
    }

    private long call(String text, long now) {
        Room free = rooms.stream()
                .filter(room -> room.earliestNanos(now) <= now)
                .findFirst()
                .orElseThrow();
        free.take(now);
        answeredNanos.put(text, now + latencyNanos);
        return now + latencyNanos;
    }
}
