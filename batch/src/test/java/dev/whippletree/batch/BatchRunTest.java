package dev.whippletree.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.Whippletree;
import dev.whippletree.config.PriceList;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BatchRunTest {

    private final Pool pool = new Pool().account("a", "1000 / 1h").account("b", "1000 / 1h");
    private final Collected collected = new Collected();
    private final ListJournal journal = new ListJournal();

    /** A journal in memory. */
    private static final class ListJournal implements Journal {

        private final List<BatchResult> results = new ArrayList<>();
        private final Map<String, Completion> before = new HashMap<>();
        private int room = Integer.MAX_VALUE;
        private boolean lost;
        private int attempts;

        @Override
        public boolean has(String id) {
            return before.containsKey(id);
        }

        @Override
        public Optional<Completion> answer(String id) {
            return Optional.ofNullable(before.get(id));
        }

        @Override
        public void append(List<BatchResult> more) throws IOException {
            attempts++;
            if (lost) {
                throw new IllegalStateException("the disk is gone");
            }
            if (results.size() + more.size() > room) {
                throw new IOException("answers.jsonl can't be written: no space left on device");
            }
            results.addAll(more);
        }

        @Override
        public void close() {}
    }

    private static BatchItem item(int number) {
        return new BatchItem("i" + number, Prompt.of("Question " + number));
    }

    private static Iterator<BatchItem> items(int count) {
        return IntStream.range(0, count).mapToObj(BatchRunTest::item).iterator();
    }

    private Batch.Builder batch(Whippletree whippletree) {
        return Batch.over(whippletree).timeline(pool.timeline()).journal(journal);
    }

    private BatchProgress run(BatchRun run) {
        run.subscribe(collected);
        return pool.await(run);
    }

    @Test
    void manyItems_areEachAnsweredOnce_andWrittenDownFirst() {
        BatchProgress end = run(batch(pool.open()).build().run(items(1_500)));

        assertThat(collected.ids()).hasSize(1_500).doesNotHaveDuplicates();
        assertThat(collected.completed()).isTrue();
        assertThat(journal.results).containsExactlyElementsOf(collected.results());
        assertThat(end.answered()).isEqualTo(1_500);
        assertThat(end.isWhole()).isTrue();
        assertThat(pool.stats().calls()).isEqualTo(1_500);
    }

    @Test
    void consumer_getsEachResult_andTheFutureHowItEnded() {
        List<String> ids = new ArrayList<>();
        CompletableFuture<BatchProgress> end = batch(pool.open())
                .run(() -> items(100), result -> ids.add(result.item().id()));
        while (!end.isDone()) {
            assertThat(pool.timeline().runNext()).isTrue();
        }

        assertThat(ids).hasSize(100).doesNotHaveDuplicates();
        assertThat(end.join().answered()).isEqualTo(100);
        assertThat(journal.results).hasSize(100);
    }

    @Test
    void cancelledFuture_givesTheRunUp() {
        CompletableFuture<BatchProgress> end =
                batch(pool.open()).run(() -> items(1_500), result -> collected.onNext(result));
        pool.timeline().advance(Duration.ofMillis(1_500));
        int answered = collected.results().size();
        end.cancel(false);
        pool.timeline().advance(Duration.ofMinutes(5));

        assertThat(answered).isPositive();
        assertThat(collected.results()).hasSize(answered);
        assertThat(journal.results).hasSizeLessThan(1_500);
        assertThat(pool.stats().calls()).isLessThan(1_500);
    }

    @Test
    void asManyAsTheLimitsLetThrough_takeNoLongerThanTheyMust() {
        BatchProgress end = run(batch(pool.open()).build().run(items(2_000)));

        // Two accounts of 1,000 an hour, each with 64 calls of a second at once.
        assertThat(end.elapsed()).isLessThan(Duration.ofSeconds(25));
    }

    @Test
    void shortLine_isNeverOverfilled_soThatNothingFails() {
        Whippletree whippletree =
                pool.engine(EngineSettings.DEFAULT.withLineSize(5)).open();

        BatchProgress end = run(batch(whippletree).build().run(items(1_000)));

        assertThat(end.answered()).isEqualTo(1_000);
        assertThat(end.failed()).isZero();
    }

    @Test
    void lineWithoutPlaces_isAskedAgainLater() {
        Whippletree whippletree =
                pool.engine(EngineSettings.DEFAULT.withLineSize(0)).open();

        BatchProgress end = run(batch(whippletree).build().run(items(300)));

        assertThat(end.answered()).isEqualTo(300);
    }

    @Test
    void subscriberThatWantsFew_holdsTheRunBack() {
        AtomicInteger pulled = new AtomicInteger();
        Iterator<BatchItem> items = IntStream.range(0, 100_000)
                .mapToObj(BatchRunTest::item)
                .peek(item -> pulled.incrementAndGet())
                .iterator();
        Collected few = new Collected(3);
        BatchRun run = batch(pool.open()).build().run(items);

        run.subscribe(few);
        pool.timeline().advance(Duration.ofHours(2));

        assertThat(few.results()).hasSize(3);
        assertThat(pulled.get()).isLessThan(1_500);
        few.subscription().request(2);
        pool.timeline().advance(Duration.ofHours(1));
        assertThat(few.results()).hasSize(5);
    }

    @Test
    void longPrompts_areFewAtOnce() {
        String eightMillion = "x".repeat(8_000_000);
        AtomicInteger most = new AtomicInteger();
        AtomicInteger pulled = new AtomicInteger();
        Iterator<BatchItem> items = IntStream.range(0, 15)
                .mapToObj(number -> new BatchItem(
                        "i" + number,
                        Prompt.builder()
                                .user(eightMillion)
                                .user("Question " + number)
                                .build()))
                .peek(item -> most.accumulateAndGet(
                        pulled.incrementAndGet() - collected.results().size(), Math::max))
                .iterator();

        BatchProgress end = run(batch(pool.open())
                .mostCharacters(4 * eightMillion.length())
                .build()
                .run(items));

        assertThat(end.done()).isEqualTo(15);
        assertThat(most.get()).isBetween(5, 8);
    }

    @Test
    void listenerThatThrows_doesNoHarm() {
        BatchRun run = batch(pool.open())
                .listener(progress -> {
                    throw new IllegalStateException("on purpose");
                })
                .build()
                .run(items(3));

        try (LoggedLines log = new LoggedLines(BatchTally.class)) {
            assertThat(run(run).answered()).isEqualTo(3);
            assertThat(log.all()).contains("WARN The listener of a batch failed");
        }
    }

    @Test
    void stream_isAskedAsAnIteratorIs() {
        assertThat(run(batch(pool.open()).build().run(Stream.of(item(1), item(2))))
                        .answered())
                .isEqualTo(2);
    }

    @Test
    void waitingRun_saysForWhichAccountAndUntilWhen() {
        Pool slow = new Pool().account("a", "20 / 1m").account("b", "10 / 1h");
        Instant began = slow.timeline().now();
        List<BatchProgress> told = new ArrayList<>();
        BatchRun run = Batch.over(slow.open())
                .timeline(slow.timeline())
                .listener(told::add)
                .build()
                .run(items(45));
        run.subscribe(collected);
        slow.await(run);

        BatchProgress waiting = at(told, 30);
        assertThat(waiting.answered()).isEqualTo(30);
        assertThat(waiting.waiting()).hasValueSatisfying(wait -> {
            assertThat(wait.account()).isEqualTo("a");
            assertThat(wait.reason()).isEmpty();
            assertThat(wait.until().orElseThrow()).isBetween(began.plusSeconds(60), began.plusSeconds(63));
        });
        assertThat(told.get(told.size() - 1).waiting()).isEmpty();
    }

    @Test
    void runThatWaitsForTokens_saysHowManyAreLeft() {
        Pool slow = new Pool().account("a", "1000 tokens / 1m");
        List<BatchProgress> told = new ArrayList<>();
        BatchRun run = Batch.over(slow.open())
                .timeline(slow.timeline())
                .listener(told::add)
                .build()
                .run(items(60));
        run.subscribe(collected);
        slow.await(run);

        assertThat(at(told, 30).waiting()).hasValueSatisfying(wait -> {
            assertThat(wait.account()).isEqualTo("a");
            assertThat(wait.reason().orElseThrow()).contains("of its 1000 tokens");
        });
    }

    /** Of a limit that nobody declared, the wait is until the next call of the pace that was found. */
    @Test
    void runThatKeepsAPaceItHasFound_saysUntilWhen() {
        Pool hidden = new Pool().undeclared("a", "30 / 30s");
        List<BatchProgress> told = new ArrayList<>();
        BatchRun run = Batch.over(hidden.open())
                .timeline(hidden.timeline())
                .listener(told::add)
                .build()
                .run(items(300));
        run.subscribe(collected);
        hidden.await(run);

        assertThat(told.stream().flatMap(progress -> progress.waiting().stream()))
                .isNotEmpty()
                .allSatisfy(wait -> assertThat(wait.until().isPresent()
                                || wait.reason().orElseThrow().startsWith("one prompt tests it"))
                        .isTrue());
    }

    @Test
    void runWithMoreToAskThanMayBeUnderWay_doesNotSayThatItWaits() {
        List<BatchProgress> told = new ArrayList<>();
        run(batch(pool.service(settings -> settings.latency(Latency.constant(Duration.ofSeconds(20))))
                        .open())
                .listener(told::add)
                .build()
                .run(items(200)));

        assertThat(told).allSatisfy(progress -> assertThat(progress.waiting()).isEmpty());
    }

    private static BatchProgress at(List<BatchProgress> told, int seconds) {
        return told.stream()
                .filter(progress -> progress.elapsed().toSeconds() >= seconds)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatTheJournalHas_isNeitherAskedNorTold() {
        journal.before.put("i3", answer("there"));

        BatchProgress end = run(batch(pool.open()).build().run(items(10)));

        assertThat(end.resumed()).isEqualTo(1);
        assertThat(end.answered()).isEqualTo(9);
        assertThat(collected.ids()).doesNotContain("i3");
    }

    @Test
    void fullJournal_keepsWhatArrives_andGoesOnOnceThereIsRoom() {
        journal.room = 100;
        BatchRun run = batch(pool.open()).total(1_000).build().run(items(1_000));
        run.subscribe(collected);

        pool.timeline().advance(Duration.ofMinutes(1));
        long calls = pool.stats().calls();
        BatchProgress held = run.progress();
        pool.timeline().advance(Duration.ofMinutes(10));

        // Those under way, and those that the engine began in their place when they had ended.
        assertThat(pool.stats().calls()).as("no call is begun").isEqualTo(calls).isLessThanOrEqualTo(256);
        assertThat(held.held())
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("answers.jsonl can't be written: no space left on device")
                        .endsWith("results are kept in memory"));
        assertThat(held.forecast()).isEmpty();
        assertThat(collected.ids()).as("told is only what is written").hasSizeLessThanOrEqualTo(100);
        assertThat(journal.attempts).as("every five seconds").isBetween(120, 140);
        journal.room = Integer.MAX_VALUE;

        BatchProgress end;
        try (LoggedLines log = new LoggedLines(JournalWriter.class)) {
            end = pool.await(run);
            assertThat(log.all()).contains("WARN Results can be written again; the batch goes on");
        }

        assertThat(end.answered()).isEqualTo(1_000);
        assertThat(end.held()).isEmpty();
        assertThat(pool.stats().calls()).as("nothing is asked twice").isEqualTo(1_000);
        assertThat(journal.results).containsExactlyElementsOf(collected.results());
        assertThat(collected.ids()).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void fullJournal_holdsConversationsToo() {
        journal.room = 3;
        List<BatchItem> items = new ArrayList<>();
        for (int question = 0; question < 5; question++) {
            items.add(new BatchItem(
                    "x" + question,
                    Prompt.builder().user("Question " + question).session("x").build(),
                    question == 4,
                    ""));
        }
        BatchRun run = batch(pool.open()).conversations().build().run(items.iterator());
        run.subscribe(collected);

        pool.timeline().advance(Duration.ofMinutes(5));
        assertThat(pool.stats().calls()).isEqualTo(4);
        journal.room = 5;

        assertThat(pool.await(run).answered()).isEqualTo(5);
        assertThat(collected.ids()).containsExactly("x0", "x1", "x2", "x3", "x4");
        assertThat(pool.stats().calls()).isEqualTo(5);
    }

    @Test
    void fullJournal_thatIsStopped_triesOnceMore_andSaysWhatIsLost() {
        journal.room = 100;
        BatchRun run = batch(pool.open()).build().run(items(1_000));
        run.subscribe(collected);
        pool.timeline().advance(Duration.ofMinutes(1));
        int attempts = journal.attempts;

        run.stop();

        assertThatThrownBy(() -> pool.await(run)).hasCauseInstanceOf(IOException.class);
        assertThat(journal.attempts).isEqualTo(attempts + 1);
        assertThat(collected.failure())
                .hasMessageMatching("answers.jsonl can't be written: no space left on device; \\d+ results are lost");
    }

    @Test
    void fullJournal_thatIsStoppedWhenThereIsRoom_losesNothing() {
        journal.room = 100;
        BatchRun run = batch(pool.open()).build().run(items(1_000));
        run.subscribe(collected);
        pool.timeline().advance(Duration.ofMinutes(1));
        journal.room = Integer.MAX_VALUE;

        run.stop();

        assertThat(pool.await(run).answered()).isEqualTo(pool.stats().calls()).isLessThan(1_000);
        assertThat(collected.results()).containsExactlyElementsOf(journal.results);
        assertThat(collected.completed()).isTrue();
    }

    @Test
    void lostJournal_endsTheRun_afterWhatIsUnderWay() {
        journal.lost = true;
        BatchRun run = batch(pool.open()).build().run(items(1_000));

        assertThatThrownBy(() -> run(run)).hasRootCauseMessage("the disk is gone");

        assertThat(journal.attempts).isEqualTo(1);
        assertThat(collected.failure()).hasMessage("the disk is gone");
        assertThat(collected.results()).isEmpty();
        // Those under way, and those that the engine began in their place when they had ended.
        assertThat(pool.stats().calls()).isLessThanOrEqualTo(256);
        assertThat(run.progress().underWay()).isZero();
    }

    @Test
    void subscriberThatThrows_getsNoFurtherSignal_andNothingUnderWayIsLost() {
        IllegalStateException wrong = new IllegalStateException("on purpose");
        Throwing subscriber = new Throwing(10, wrong);
        BatchRun run = batch(pool.open()).build().run(items(1_000));
        run.subscribe(subscriber);

        assertThatThrownBy(() -> pool.await(run)).hasCause(wrong);

        assertThat(subscriber.signals).isEqualTo(10);
        assertThat(journal.results).hasSize((int) pool.stats().calls()).hasSizeLessThan(1_000);
    }

    @Test
    void subscriberThatThrowsOnSubscription_endsTheRunBeforeItBegins() {
        IllegalStateException wrong = new IllegalStateException("on purpose");
        Throwing subscriber = new Throwing(0, wrong);
        BatchRun run = batch(pool.open()).build().run(items(1_000));
        run.subscribe(subscriber);

        assertThatThrownBy(() -> pool.await(run)).hasCause(wrong);

        assertThat(subscriber.signals).isZero();
        assertThat(pool.stats().calls()).isZero();
    }

    @Test
    void subscriberThatThrowsAtTheEnd_doesNoHarm() {
        BatchRun run = batch(pool.open()).build().run(items(3));
        run.subscribe(new Throwing(4, new IllegalStateException("on purpose")));

        try (LoggedLines log = new LoggedLines(Delivery.class)) {
            assertThat(pool.await(run).answered()).isEqualTo(3);
            assertThat(log.all()).contains("WARN The subscriber of a batch failed when it was told of the end");
        }
    }

    /** Throws at a signal. */
    private static final class Throwing implements Flow.Subscriber<BatchResult> {

        private final int at;
        private final RuntimeException wrong;
        private int signals;

        /** Throws at its subscription, which has number 0, or at a later signal. */
        Throwing(int at, RuntimeException wrong) {
            this.at = at;
            this.wrong = wrong;
        }

        private void signal() {
            signals++;
            if (signals == at) {
                throw wrong;
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            if (at == 0) {
                throw wrong;
            }
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(BatchResult result) {
            signal();
        }

        @Override
        public void onError(Throwable failure) {
            signal();
        }

        @Override
        public void onComplete() {
            signal();
        }
    }

    @Test
    void requestOfNothing_endsTheRunWithAnError() {
        Collected none = new Collected(0);
        BatchRun run = batch(pool.open()).build().run(items(1_000));
        run.subscribe(none);

        none.subscription().request(0);

        assertThatThrownBy(() -> pool.await(run)).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(none.failure()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cancelledSubscription_givesUpWhatIsUnderWay_andGetsNoFurtherSignal() {
        BatchRun run = batch(pool.open()).build().run(items(10_000));
        run.subscribe(collected);
        pool.timeline().advance(Duration.ofMillis(2_500));
        int told = collected.results().size();

        collected.subscription().cancel();
        BatchProgress end = pool.await(run);

        assertThat(end.elapsed()).isEqualTo(Duration.ofMillis(2_500));
        assertThat(collected.results()).hasSize(told);
        assertThat(collected.completed()).isFalse();
    }

    @Test
    void itemsThatCannotBeRead_endTheRun_afterWhatIsUnderWay() {
        Iterator<BatchItem> items = IntStream.range(0, 100)
                .mapToObj((IntFunction<BatchItem>) number -> {
                    if (number == 70) {
                        throw new UncheckedIOException(new IOException("line 71 is no JSON"));
                    }
                    return item(number);
                })
                .iterator();
        BatchRun run = batch(pool.open()).build().run(items);

        assertThatThrownBy(() -> run(run)).hasRootCauseMessage("line 71 is no JSON");
        assertThat(journal.results).hasSizeLessThanOrEqualTo(70);
    }

    @Test
    void failuresAllAlike_stopTheRunAfterTwenty() {
        Whippletree whippletree = pool.model("wrong")
                .service(service -> service.models("model").unservedModels("wrong"))
                .open();

        BatchProgress end = run(batch(whippletree).build().run(items(10_000)));

        assertThat(end.stopped())
                .hasValueSatisfying(reason -> assertThat(reason).contains("in a row failed in the same way"));
        assertThat(end.failed()).isBetween(20L, 400L);
        assertThat(pool.stats().calls()).isLessThan(400);
    }

    @Test
    void linesThatAreNotAskedAfterAFailureOfTheirConversation_dontStopTheRun() {
        List<BatchItem> items = new ArrayList<>();
        Prompt late = Prompt.builder()
                .user("Question")
                .session("x")
                .deadline(Duration.ofMillis(1))
                .build();
        items.add(new BatchItem("x", late));
        for (int after = 0; after < 30; after++) {
            items.add(spoken("x" + after, "Question " + after));
        }
        items(5).forEachRemaining(items::add);

        BatchProgress end = run(batch(pool.open()).conversations().build().run(items.iterator()));

        assertThat(end.stopped()).isEmpty();
        assertThat(end.failed()).isEqualTo(31);
        assertThat(end.answered()).isEqualTo(5);
    }

    @Test
    void mostCalls_areNotExceeded() {
        StopRules rules = new StopRules(OptionalLong.of(100), Optional.empty(), Optional.empty(), 20);

        BatchProgress end = run(batch(pool.open()).stop(rules).build().run(items(10_000)));

        assertThat(pool.stats().calls()).isEqualTo(100);
        assertThat(end.answered()).isEqualTo(100);
        assertThat(end.stopped()).hasValue("it has made the 100 calls that it may make");
    }

    @Test
    void mostCalls_areNotExceeded_whenManyEndBetweenTwoLooks() {
        StopRules rules = new StopRules(OptionalLong.of(900), Optional.empty(), Optional.empty(), 20);
        pool.service(service -> service.latency(Latency.parse("150ms~50%")));

        BatchProgress end = run(batch(pool.open()).stop(rules).build().run(items(10_000)));

        assertThat(pool.stats().calls()).isEqualTo(900);
        assertThat(end.answered()).isEqualTo(900);
    }

    @Test
    void mostCost_isReached_andNotExceeded() {
        BigDecimal most = new BigDecimal("0.01");
        pool.service(service -> service.latency(Latency.constant(Duration.ofMillis(700))));
        Whippletree whippletree = pool.open();
        StopRules rules = new StopRules(OptionalLong.empty(), Optional.of(most), Optional.of(prices("model")), 20);

        BatchProgress end = run(batch(whippletree).stop(rules).build().run(items(10_000)));

        assertThat(end.cost())
                .hasValueSatisfying(
                        cost -> assertThat(cost).isBetween(new BigDecimal("0.009"), new BigDecimal("0.0101")));
        assertThat(end.answered()).isEqualTo(pool.stats().calls()).isBetween(20L, 9_999L);
        assertThat(end.stopped()).isPresent();
    }

    @Test
    void costThatIsNotKnown_stopsTheRun() {
        StopRules rules =
                new StopRules(OptionalLong.empty(), Optional.of(BigDecimal.TEN), Optional.of(prices("another")), 20);

        BatchProgress end = run(batch(pool.open()).stop(rules).build().run(items(10_000)));

        assertThat(end.stopped()).hasValueSatisfying(why -> assertThat(why).contains("the price list lacks model"));
        assertThat(pool.stats().calls()).isLessThanOrEqualTo(40);
    }

    @Test
    void forecastThatHasRunOut_isNotTold() {
        List<BatchProgress.Forecast> told = new ArrayList<>();
        pool.service(service -> service.latency(Latency.constant(Duration.ofSeconds(30))));

        run(batch(pool.open())
                .total(50)
                .listener(progress -> progress.forecast().ifPresent(told::add))
                .build()
                .run(items(50)));

        assertThat(told)
                .noneMatch(forecast -> forecast.most().filter(Duration::isZero).isPresent());
    }

    @Test
    void stoppedRun_awaitsCallsUnderWay_andWithdrawsWhatWaits() {
        BatchRun run = batch(pool.open()).build().run(items(10_000));
        run.subscribe(collected);
        pool.timeline().advance(Duration.ofMillis(2_500));

        run.stop();
        BatchProgress end = pool.await(run);

        assertThat(end.answered()).isEqualTo(pool.stats().calls());
        assertThat(collected.completed()).isTrue();
        assertThat(end.elapsed()).isLessThan(Duration.ofSeconds(4));
        assertThat(end.stopped()).hasValue("it was told to stop");
    }

    @Test
    void vectors_areAsManyResultsAsItems_whoseTextsGoInFewCalls() {
        BatchProgress end =
                run(batch(pool.open()).total(100).build().run(vectors(100).iterator()));

        assertThat(end.answered()).isEqualTo(100);
        assertThat(pool.stats().calls()).as("of 16 texts at most").isEqualTo(200);
        assertThat(collected.results()).allSatisfy(result -> {
            Embeddings embeddings = ((BatchResult.Answered) result).embeddings();
            assertThat(embeddings.all())
                    .hasSize(20)
                    .allSatisfy(vector -> assertThat(vector.vector()).hasSize(256));
            assertThat(embeddings.calls()).isEqualTo(2);
        });
        assertThatThrownBy(() -> new BatchResult.Answered(item(1), whole("Hello")).embeddings())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("'i1' asked for a completion");
    }

    /** Items of twenty texts each. */
    private static Stream<BatchItem> vectors(int count) {
        return IntStream.range(0, count)
                .mapToObj(item -> new BatchItem(
                        "v" + item,
                        Prompt.embedding(IntStream.range(0, 20)
                                .mapToObj(text -> "Text " + text + " of " + item)
                                .toList())));
    }

    private static Completion whole(String text) {
        return new Completion(
                text,
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.empty(),
                new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty()));
    }

    @Test
    void stoppedRun_withdrawsVectorsThatWait() {
        BatchRun run = batch(pool.open()).build().run(vectors(10_000));
        run.subscribe(collected);
        pool.timeline().advance(Duration.ofMinutes(10));

        run.stop();
        BatchProgress end = pool.await(run);

        assertThat(end.elapsed()).as("although the limit is used up").isLessThan(Duration.ofMinutes(11));
        assertThat(collected.completed()).isTrue();
        assertThat(end.failed()).isZero();
        assertThat(pool.stats().calls()).isBetween(2 * end.answered(), 2 * end.answered() + 64);
    }

    @Test
    void conversations_leaveVectorsAlone() {
        List<BatchItem> items = new ArrayList<>();
        items.add(spoken("x1", "Question"));
        items.add(new BatchItem(
                "vectors",
                Prompt.builder()
                        .operation(Prompt.Operation.EMBEDDING)
                        .user("A")
                        .session("x")
                        .build()));
        items.add(spoken("x2", "Another"));

        BatchProgress end = run(batch(pool.open()).conversations().build().run(items.iterator()));

        assertThat(end.answered()).isEqualTo(3);
        assertThat(collected.results())
                .filteredOn(result -> result.id().equals("vectors"))
                .singleElement()
                .satisfies(result -> assertThat(
                                ((BatchResult.Answered) result).embeddings().all())
                        .hasSize(1));
    }

    @Test
    void abortedRun_endsAtOnce() {
        BatchRun run = batch(pool.open()).build().run(items(10_000));
        run.subscribe(collected);
        pool.timeline().advance(Duration.ofMillis(2_500));

        run.abort();
        BatchProgress end = pool.await(run);

        assertThat(end.elapsed()).isEqualTo(Duration.ofMillis(2_500));
    }

    @Test
    void secondSubscriber_isRefused() {
        BatchRun run = batch(pool.open()).build().run(items(1));
        run.subscribe(collected);
        Collected second = new Collected();

        run.subscribe(second);

        assertThat(second.failure()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void conversation_asksEachAfterTheAnswerBefore_withItsHistory() {
        List<BatchItem> items = new ArrayList<>();
        for (int question = 0; question < 3; question++) {
            for (String session : List.of("x", "y")) {
                Prompt prompt = Prompt.builder()
                        .system("Be brief.")
                        .user("Question " + question + " of " + session)
                        .session(session)
                        .build();
                items.add(new BatchItem(session + question, prompt, question == 2, ""));
            }
        }

        BatchProgress end = run(batch(pool.open()).conversations().build().run(items.iterator()));

        assertThat(end.answered()).isEqualTo(6);
        assertThat(collected.ids()).containsSubsequence("x0", "x1", "x2").containsSubsequence("y0", "y1", "y2");
        assertThat(end.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void conversations_carryWhatWasSaid_andInstructionsOnce() {
        Conversations conversations = new Conversations();
        BatchItem first = spoken("x0", "One");
        BatchItem second = spoken("x1", "Two");

        assertThat(conversations.isDue(first)).isTrue();
        assertThat(conversations.isDue(second)).isFalse();
        assertThat(conversations.parked()).isEqualTo(1);
        assertThat(conversations.ended(first, Optional.of(answer("Eins")))).contains(second);

        assertThat(conversations.prompt(second).messages())
                .containsExactly(
                        Message.system("Be brief."),
                        Message.user("One"),
                        Message.assistant("Eins"),
                        Message.user("Two"));
        assertThat(conversations.parked()).isZero();
    }

    @Test
    void conversationThatHasEnded_isForgotten() {
        Conversations conversations = new Conversations();
        BatchItem last =
                new BatchItem("x0", Prompt.builder().user("One").session("x").build(), true, "");
        conversations.isDue(last);

        conversations.ended(last, Optional.of(answer("Eins")));

        BatchItem other = spoken("x1", "Two");
        assertThat(conversations.isDue(other)).isTrue();
        assertThat(conversations.prompt(other)).isEqualTo(other.prompt());
    }

    @Test
    void conversation_isNotGoneOnWithAfterAFailure() {
        Conversations conversations = new Conversations();
        BatchItem first = spoken("x0", "One");
        BatchItem second = spoken("x1", "Two");
        assertThat(conversations.isDue(first)).isTrue();

        assertThat(conversations.ended(first, Optional.empty())).isEmpty();

        assertThat(conversations.isDue(second)).isTrue();
        assertThat(conversations.failedBefore(second)).hasValue("x0");
    }

    @Test
    void resumedConversation_goesOnWithWhatWasAnsweredBefore() {
        journal.before.put("x0", answer("Eins"));
        BatchItem second =
                new BatchItem("x1", Prompt.builder().user("Two").session("x").build(), true, "");
        Whippletree whippletree = pool.open();

        BatchProgress end = run(batch(whippletree)
                .conversations()
                .build()
                .run(List.of(spoken("x0", "One"), second).iterator()));

        assertThat(end.resumed()).isEqualTo(1);
        assertThat(collected.ids()).containsExactly("x1");
        assertThat(collected.results().get(0).item()).isEqualTo(second);
    }

    private static BatchItem spoken(String id, String text) {
        return new BatchItem(
                id, Prompt.builder().system("Be brief.").user(text).session("x").build());
    }

    private static PriceList prices(String model) {
        LocalDate today = LocalDate.of(2026, 11, 1);
        return new PriceList(
                "prices.yaml",
                today,
                90,
                "usd",
                List.of(new TokenPrice("emulated", model, BigDecimal.ONE, BigDecimal.ONE, "usd", today)));
    }

    private static Completion answer(String text) {
        return new Completion(
                text,
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.empty(),
                new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty()));
    }
}
