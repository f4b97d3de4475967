package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final List<LimitUse> USES =
            List.of(new LimitUse(Scope.of("test/acme"), "requests", Limit.requests(100, Duration.ofHours(1)), 1));

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final CoordinationCommands commands = new FaultyCommands(new ModelledRedis(timeline), timeline).commands();
    private final Tokens tokens = new Tokens(services.random());
    private final Contact contact = new Contact(commands, services, tokens.process(), 0, FaultyCommands.TIMEOUT);

    private Ledger ledger() {
        contact.start();
        timeline.advance(Duration.ofMillis(100));
        return new Ledger(
                "test/acme",
                new Ledgers.Parts(commands, contact, tokens, services, FaultyCommands.TIMEOUT, Duration.ofMinutes(5)),
                new UsageSync(commands, contact, services, Map::of));
    }

    private static LimitsReply reply(Verdict verdict, String epoch) {
        return new LimitsReply(verdict, 0, epoch, Duration.ZERO, 0, 0, List.of(90L));
    }

    @Test
    void whatIsToBeEnteredMeanwhile_isEnteredAfterwards_andNoOftener() {
        Ledger ledger = ledger();
        Entry entry = ledger.startEntering().orElseThrow().entry();
        assertThat(ledger.startEntering()).isEmpty();
        assertThat(ledger.entered(entry, reply(Verdict.DONE, "first"), null)).isTrue();
        Entry again = ledger.startEntering().orElseThrow().entry();
        assertThat(ledger.entered(again, reply(Verdict.DONE, "first"), null)).isFalse();

        assertThat(ledger.startEntering()).isPresent();
        assertThat(ledger.startEntering()).isEmpty();
        IllegalStateException wrong = new IllegalStateException("refused");
        assertThat(ledger.entered(entry, null, wrong))
                .as("a failure waits for a beat")
                .isFalse();
        assertThat(ledger.trouble()).contains(wrong);
        assertThat(ledger.startEntering()).isPresent();
        assertThat(ledger.entered(entry, reply(Verdict.DONE, "first"), null)).isFalse();
        assertThat(ledger.trouble()).isEmpty();
    }

    @Test
    void answerOfAFormerEpoch_thatIsHeardAfterTheNextHasBegun_leavesEverythingToBeEntered() {
        Ledger ledger = ledger();
        ledger.answer("used", USES, reply(Verdict.DONE, "first"));
        ledger.settle("used", Optional.empty(), Duration.ZERO);
        ledger.answer("in flight", USES, reply(Verdict.DONE, "first"));
        Entry entry = ledger.startEntering().orElseThrow().entry();
        ledger.answer("another", USES, reply(Verdict.CHANGED, "second"));

        assertThat(ledger.entered(entry, reply(Verdict.DONE, "first"), null)).isTrue();

        Entry again = ledger.startEntering().orElseThrow().entry();
        assertThat(again.call().knownEpoch()).isEqualTo("second");
        assertThat(again.held()).extracting(HeldGrant::id).containsExactly("in flight");
        assertThat(again.dated()).extracting(DatedEntry::use).hasSize(1);
        assertThat(ledger.question(USES)).isEmpty();
    }
}
