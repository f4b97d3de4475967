package dev.whippletree.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.Whippletree;
import dev.whippletree.config.PriceList;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.model.ToolCall;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BatchRunTest {

    private final Pool pool = new Pool().account("a", "1000 / 1h").account("b", "1000 / 1h");
    private final Collected collected = new Collected();
    private final ListJournal journal = new ListJournal();

    /** A journal in memory. */
    private static final class ListJournal implements Journal {

        private final List<BatchResult> results = new ArrayList<>();
        private final Map<String, Completion> before = new HashMap<>();
        private int room = Integer.MAX_VALUE;
        private Runnable looking = () -> {};
        private Runnable appending = () -> {};
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
        public Optional<Completion> answerTo(String key) {
            looking.run();
            return Optional.empty();
        }

        @Override
        public void append(List<BatchResult> more) throws IOException {
            attempts++;
            appending.run();
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
        assertThat(end.failed()).isZero();
        assertThat(end.stopped()).isEmpty();
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
    void secondItemOfAnId_inAList_isRefusedBeforeAnythingIsAsked() {
        Batch.Builder batch = batch(pool.open());
        assertThatThrownBy(() -> batch.run(List.of(item(1), item(2), item(1)), result -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two items of the batch have the id 'i1'; give each an id of its own");
        pool.timeline().runAll();
        assertThat(pool.stats().calls()).isZero();
    }

    @Test
    void secondItemOfAnId_inAStream_endsTheRun_andIsntAsked() {
        Stream<BatchItem> items =
                IntStream.concat(IntStream.range(0, 600), IntStream.of(1)).mapToObj(BatchRunTest::item);
        BatchRun run = batch(pool.open()).build().run(items);
        assertThatThrownBy(() -> run(run))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("have the id 'i1'");
        assertThat(collected.ids()).isNotEmpty().doesNotHaveDuplicates();
        assertThat(pool.stats().calls()).isEqualTo(collected.ids().size());
    }

    @Test
    void nullArguments_areRefusedAtOnce_byName() {
        Batch.Builder batch = batch(pool.open());
        List<ThrowingCallable> withoutItems = List.of(
                () -> batch.build().run((Iterator<BatchItem>) null),
                () -> batch.build().run((Stream<BatchItem>) null),
                () -> batch.run((Iterable<BatchItem>) null, result -> {}));
        withoutItems.forEach(run -> assertThatThrownBy(run).hasMessage("items"));
        Map<String, ThrowingCallable> refusals = Map.of(
                "results", () -> batch.run(List.of(item(1)), null),
                "whippletree", () -> Batch.over(null),
                "journal", () -> batch.journal(null),
                "rules", () -> batch.stop(null),
                "distinct", () -> batch.distinct(null),
                "listener", () -> batch.listener(null),
                "timeline", () -> batch.timeline(null),
                "id", () -> new BatchItem(null, Prompt.of("question")));
        refusals.forEach((name, refusal) -> assertThatThrownBy(refusal).as(name).hasMessage(name));
        pool.timeline().runAll();
        assertThat(pool.stats().calls()).isZero();
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

    /** Two accounts have 64 calls under way each; so many again wait in line, if it has places for them. */
    @ParameterizedTest
    @CsvSource({"1000, 256", "5, 133", "0, 128"})
    void asManyAreAskedAtOnce_asAccountsAndLineTake(int places, int most) {
        Pool of = pool.engine(EngineSettings.DEFAULT.withLineSize(places));

        List<BatchProgress> told = told(of, 1_000);

        BatchProgress end = told.get(told.size() - 1);
        assertThat(end.answered()).isEqualTo(1_000);
        assertThat(end.failed()).isZero();
        assertThat(end.elapsed())
                .as("as short as 128 calls of a second at once take")
                .isLessThan(Duration.ofSeconds(12));
        assertThat(told.stream().mapToInt(BatchProgress::underWay).max()).hasValue(most);
    }

    /** Returns what the listener is told until a run of so many items has ended. */
    private List<BatchProgress> told(Pool of, int count) {
        List<BatchProgress> told = new ArrayList<>();
        BatchRun run = Batch.over(of.open())
                .timeline(of.timeline())
                .total(count)
                .listener(told::add)
                .build()
                .run(items(count));
        run.subscribe(collected);
        of.await(run);
        return told;
    }

    @Test
    void longPrompts_areFewAtOnce() {
        String text = "x".repeat(10_000);
        List<BatchItem> items = IntStream.range(0, 15)
                .mapToObj(number -> new BatchItem(
                        "i" + number,
                        Prompt.builder().user(text).user("Question " + number).build()))
                .toList();

        BatchProgress end =
                run(batch(pool.open()).mostCharacters(40_000).build().run(items.iterator()));

        assertThat(end.answered()).isEqualTo(15);
        assertThat(end.elapsed())
                .as("four at once, a second each")
                .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
    }

    /** Such a batch would never ask anything, and never end. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void noRoomForAnyPrompt_isRefused(long most) {
        Batch.Builder batch = batch(pool.open());
        assertThatThrownBy(() -> batch.mostCharacters(most))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the most characters of a batch must be 1 or more, not " + most);
    }

    private static BatchItem asking(Message message) {
        return new BatchItem("i", Prompt.builder().message(message).build());
    }

    /** Whoever writes a line decides which part of it is long. */
    @Test
    void allThatAnItemHolds_takesRoom() {
        String text = "x".repeat(1_000);
        Prompt brief = Prompt.of("Hello");
        ToolCall call = new ToolCall("c", "f", text);
        List<BatchItem> items = List.of(
                new BatchItem(text, brief),
                new BatchItem("i", Prompt.of(text)),
                new BatchItem("i", brief.toBuilder().session(text).build()),
                new BatchItem("i", brief.toBuilder().stop(List.of(text)).build()),
                new BatchItem("i", brief.toBuilder().extra(text, true).build()),
                asking(new Message(Role.ASSISTANT, "", List.of(), List.of(call), Optional.empty())),
                asking(new Message(Role.TOOL, "", List.of(), List.of(), Optional.of(text))),
                asking(new Message(Role.USER, "", List.of(), List.of(), Optional.empty(), Map.of("name", text))),
                asking(Message.tokens(Collections.nCopies(500, 7))));

        assertThat(Prompts.room(new BatchItem("i", brief))).isLessThan(100);
        assertThat(items).allSatisfy(item -> assertThat(Prompts.room(item)).isBetween(1_000L, 1_100L));
    }

    @Test
    void longIds_arePulledFewAhead() {
        String id = "i".repeat(5_000_000);
        AtomicInteger pulled = new AtomicInteger();
        Iterator<BatchItem> items = Stream.generate(() -> new BatchItem(id + pulled.incrementAndGet(), Prompt.of("x")))
                .limit(20)
                .iterator();

        new Feed(items, journal, new Conversations(false), Runnable::run, () -> {}, item -> {}).pull();

        assertThat(pulled).as("of 16 million characters").hasValue(4);
    }

    @Test
    void longPrompts_arePulledFewAhead() {
        Prompt long5 = Prompt.of("x".repeat(5_000_000));
        AtomicInteger pulled = new AtomicInteger();
        Iterator<BatchItem> items = Stream.generate(() -> new BatchItem("i" + pulled.incrementAndGet(), long5))
                .limit(20)
                .iterator();
        Feed feed = new Feed(items, journal, new Conversations(false), Runnable::run, () -> {}, item -> {});

        feed.pull();
        assertThat(pulled).as("of 16 million characters").hasValue(4);
        feed.next();
        feed.next();
        feed.pull();
        assertThat(pulled).as("half of it is enough").hasValue(4);
        feed.next();
        feed.pull();
        assertThat(pulled).hasValue(7);
    }

    @Test
    void firstItem_isAnnouncedBeforeTheSecondIsThere() {
        AtomicInteger announced = new AtomicInteger();
        List<Integer> announcedBefore = new ArrayList<>();
        Iterator<BatchItem> items = IntStream.range(0, 4)
                .mapToObj(BatchRunTest::item)
                .peek(item -> announcedBefore.add(announced.get()))
                .iterator();
        new Feed(items, journal, new Conversations(false), Runnable::run, announced::incrementAndGet, item -> {})
                .pull();

        assertThat(announcedBefore).containsExactly(0, 1, 1, 1);
        assertThat(announced).as("and when all are").hasValue(2);
    }

    @ParameterizedTest
    @CsvSource({"5, 10000", "15991, 1000"})
    void itemsThatWaitForOthersOfTheirSession_arePulledInBoundedNumber(int length, int most) {
        String text = "x".repeat(length);
        AtomicInteger pulled = new AtomicInteger();
        Iterator<BatchItem> items = Stream.generate(() -> spoken("x" + pulled.incrementAndGet(), text))
                .iterator();
        Conversations conversations = new Conversations(true);
        Feed feed = new Feed(items, journal, conversations, Runnable::run, () -> {}, item -> {});

        for (int look = 0; look < 100; look++) {
            feed.pull();
            feed.next();
        }

        assertThat(conversations.parked()).isBetween(most, most + 1_000);
        assertThat(pulled.get()).isEqualTo(conversations.parked() + 1);
        assertThat(conversations.parkedCharacters())
                .isEqualTo(IntStream.rangeClosed(2, pulled.get())
                        .mapToLong(number -> Prompts.room(spoken("x" + number, text)))
                        .sum());
    }

    @Test
    void subscriberThatWantsFew_holdsTheRunBack() {
        AtomicInteger pulled = new AtomicInteger();
        Iterator<BatchItem> items = IntStream.range(0, 5_000)
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void listenerThatThrows_doesNoHarm(boolean anError) {
        BatchRun run = batch(pool.open())
                .listener(progress -> {
                    if (anError) {
                        throw new NoClassDefFoundError("on purpose");
                    }
                    throw new IllegalStateException("on purpose");
                })
                .build()
                .run(items(3));

        try (LoggedLines log = new LoggedLines(BatchRun.class)) {
            assertThat(run(run).answered()).isEqualTo(3);
            assertThat(log.all()).contains("WARN The listener of a batch failed");
        }
    }

    @Test
    void promptOfABatch_hasItsPriority_andTime_andALength() {
        Prompt hurried =
                Prompt.builder().user("Hello").deadline(Duration.ofSeconds(1)).build();
        assertThat(Prompts.ofBatch(Prompt.of("Hello")).priority()).isEqualTo(Priority.BATCH);
        assertThat(Prompts.ofBatch(Prompt.of("Hello")).deadline()).contains(Duration.ofDays(365));
        assertThat(Prompts.ofBatch(hurried).deadline()).contains(Duration.ofSeconds(1));
        Prompt vectors = Prompt.embedding(List.of("A", "B"));
        assertThat(Prompts.charactersOfVectors(vectors)).isEqualTo(2 * 1_536 * 2);
        assertThat(Prompts.charactersOfVectors(
                        vectors.toBuilder().extra("dimensions", 5).build()))
                .isEqualTo(2 * 5 * 2);
        assertThat(Prompts.charactersOfVectors(hurried)).isZero();
        Prompt instructed = Prompt.builder().system("Be brief.").user("Hello").build();
        assertThat(Prompts.characters(instructed)).isEqualTo(14);
        assertThat(Prompts.charactersAsked(instructed)).isEqualTo(5);
        assertThat(Prompts.ofLength(Prompt.of("abc"), 10, 2).messages())
                .containsExactly(Message.user("abcab"), Message.user("abcab"));
        assertThat(Prompts.ofLength(hurried, 1 << 25, 1)).isEqualTo(hurried);
    }

    /** The line is full of others' prompts: what is refused there is asked once it has room. */
    @Test
    void lineThatOthersHaveFilled_isWaitedFor() {
        Pool small = new Pool().account("a", "10 / 1m").engine(EngineSettings.DEFAULT.withLineSize(5));
        Whippletree whippletree = small.open();
        List<CompletableFuture<Completion>> others = IntStream.range(0, 15)
                .mapToObj(number -> whippletree.complete(Prompt.of("Other " + number)))
                .toList();
        BatchRun run = Batch.over(whippletree)
                .timeline(small.timeline())
                .journal(journal)
                .build()
                .run(items(10));

        assertThat(run(small, run).answered()).isEqualTo(10);
        assertThat(others).allSatisfy(other -> assertThat(other).isCompleted());
        assertThat(small.stats().calls()).isEqualTo(25);
    }

    private BatchProgress run(Pool of, BatchRun run) {
        run.subscribe(collected);
        return of.await(run);
    }

    @Test
    void forecast_isOfWhatNeitherThisRunNorAnEarlierOneHasDone() {
        IntStream.range(0, 20).forEach(number -> journal.before.put("i" + number, answer("there")));
        Pool slow = new Pool().account("a", "10 / 1m");
        List<BatchProgress> told = new ArrayList<>();
        BatchProgress end = run(
                slow,
                Batch.over(slow.open())
                        .timeline(slow.timeline())
                        .journal(journal)
                        .total(50)
                        .listener(told::add)
                        .build()
                        .run(items(50)));

        for (int second : List.of(5, 30, 70)) {
            BatchProgress at = at(told, second);
            assertThat(at.elapsed().plus(at.forecast().orElseThrow().least()))
                    .isCloseTo(end.elapsed(), Duration.ofSeconds(5));
        }
        assertThat(end.forecast()).isEmpty();
        assertThat(end.resumed()).isEqualTo(20);
    }

    @Test
    void forecast_goesByTheCallsThatTheLatestItemsNeeded() {
        Whippletree whippletree = new Pool().account("a", "1 / 1m").open();
        Outlook outlook = new Outlook(whippletree, OptionalLong.of(3_000), null);
        Origin cache = new Origin(Origin.Source.CACHE, "a", "model", 0, Duration.ZERO, Optional.empty());
        for (int number = 0; number < 2_000; number++) {
            outlook.asked(item(number).prompt(), 0);
            Completion answer = answer("Hello");
            outlook.ended(
                    DistinctPrompts.Kind.NEW,
                    new BatchResult.Answered(item(number), number < 1_000 ? answer : answer.withOrigin(cache)));
        }
        outlook.passed(1, 2_000);

        assertThat(outlook.forecast(whippletree.status(), 2_000, 0)
                        .orElseThrow()
                        .least())
                .as("of some 20 calls, not of 500")
                .isBetween(Duration.ofMinutes(10), Duration.ofHours(1));
    }

    /** What others have used is known, and isn't free before a window has passed; what they will use isn't known. */
    @Test
    void forecastBesideOtherProcesses_isARange_afterWhatTheyHaveUsed() {
        Coordination others = mock();
        when(others.status()).thenReturn(new CoordinationStatus(true, 2, 0, Optional.empty()));
        when(others.reserve(any(), any()))
                .thenAnswer(reserve -> CompletableFuture.completedFuture(new Grant.Granted("" + reserve.hashCode())));
        when(others.left(any())).thenReturn(OptionalLong.of(0));
        Coordinator coordinator = mock();
        when(coordinator.name()).thenReturn("others");
        when(coordinator.open(any(), any())).thenReturn(others);
        Whippletree whippletree =
                new Pool().account("a", "10 / 1m").coordinator(coordinator).open();
        Outlook outlook = new Outlook(whippletree, OptionalLong.of(8), null);
        outlook.asked(item(0).prompt(), 0);
        outlook.passed(1, 0);

        BatchProgress.Forecast forecast =
                outlook.forecast(whippletree.status(), 0, 0).orElseThrow();
        assertThat(forecast.least()).isCloseTo(Duration.ofMinutes(1), Duration.ofSeconds(5));
        assertThat(forecast.most()).hasValueSatisfying(most -> assertThat(most).isGreaterThan(forecast.least()));
    }

    @Test
    void accountThatFails_isSaidToBeWaitedFor_andWhy() {
        Pool failing = new Pool()
                .account("a", "60 / 1m")
                .account("b", "60 / 1m")
                .service(service -> service.faults(FaultScript.of(FaultRule.parse("503@0m-3m"))));
        BatchProgress waiting = at(told(failing, 20), 30);
        assertThat(waiting.waiting()).hasValueSatisfying(wait -> {
            assertThat(wait.account()).isIn("a", "b");
            assertThat(wait.until()).isPresent();
            assertThat(wait.reason().orElseThrow()).contains("the emulated service refuses");
        });
        assertThat(waiting.answered()).isZero();
    }

    @Test
    void waitingRun_saysForWhichAccountAndUntilWhen() {
        Pool slow = new Pool().account("a", "20 / 1m").account("b", "10 / 1h");
        Instant began = slow.timeline().now();

        List<BatchProgress> told = told(slow, 45);

        BatchProgress waiting = at(told, 30);
        assertThat(waiting.answered()).isEqualTo(30);
        assertThat(waiting.calls()).isEqualTo(30);
        assertThat(waiting.underWay()).isEqualTo(15);
        assertThat(waiting.perMinute()).isCloseTo(60, within(3.0));
        assertThat(at(told, 62).perMinute()).as("all are longer ago").isZero();
        assertThat(waiting.waiting()).hasValueSatisfying(wait -> {
            assertThat(wait.account()).isEqualTo("a");
            assertThat(wait.reason()).isEmpty();
            assertThat(wait.until().orElseThrow()).isBetween(began.plusSeconds(60), began.plusSeconds(63));
        });
        assertThat(told.get(told.size() - 1).waiting()).isEmpty();
    }

    @Test
    void runThatWaitsForTokens_saysHowManyAreLeft() {
        assertThat(at(told(new Pool().account("a", "1000 tokens / 1m"), 60), 30).waiting())
                .hasValueSatisfying(wait -> {
                    assertThat(wait.account()).isEqualTo("a");
                    assertThat(wait.reason().orElseThrow()).contains("of its 1000 tokens");
                });
    }

    /** Of a limit that nobody declared, the wait is until the next call of the pace that was found. */
    @Test
    void runThatKeepsAPaceItHasFound_saysUntilWhen() {
        assertThat(told(new Pool().undeclared("a", "30 / 30s"), 300).stream()
                        .flatMap(progress -> progress.waiting().stream()))
                .isNotEmpty()
                .allSatisfy(wait -> assertThat(wait.until().isPresent()
                                || wait.reason().orElseThrow().startsWith("one prompt tests it"))
                        .isTrue());
    }

    @Test
    void runWithMoreToAskThanMayBeUnderWay_doesNotSayThatItWaits_norForecastsThatItHasEnded() {
        List<BatchProgress> told =
                told(pool.service(settings -> settings.latency(Latency.constant(Duration.ofSeconds(20)))), 200);

        assertThat(told).allSatisfy(progress -> {
            assertThat(progress.waiting()).isEmpty();
            assertThat(progress.forecast().flatMap(BatchProgress.Forecast::most))
                    .isNotEqualTo(Optional.of(Duration.ZERO));
        });
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
        pool.cache();
        List<BatchItem> items = new ArrayList<>();
        items(10).forEachRemaining(items::add);
        items.add(new BatchItem("again", item(5).prompt()));

        BatchProgress end = run(batch(pool.open()).build().run(items.iterator()));

        assertThat(end.resumed()).isEqualTo(1);
        assertThat(end.answered()).isEqualTo(10);
        assertThat(end.fromCache()).isEqualTo(1);
        assertThat(end.done()).isEqualTo(11);
        assertThat(end.failed()).isZero();
        assertThat(end.stopped()).isEmpty();
        assertThat(collected.ids()).doesNotContain("i3");
    }

    @Test
    void fullJournal_keepsWhatArrives_andGoesOnOnceThereIsRoom() {
        LoggedLines log = new LoggedLines(JournalWriter.class);
        BatchRun run = runWithAFullJournal();
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

        BatchProgress end = pool.await(run);
        log.close();
        assertThat(log.all())
                .containsExactly(
                        "WARN answers.jsonl can't be written: no space left on device; no prompt starts until that works"
                                + " again, and what arrives is kept in memory",
                        "WARN Results can be written again; the batch goes on");

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
            items.add(spoken("x" + question, "Question " + question));
        }
        BatchRun run = batch(pool.open()).conversations().build().run(items.iterator());
        run.subscribe(collected);

        pool.timeline().advance(Duration.ofMinutes(5));
        assertThat(pool.stats().calls()).isEqualTo(4);
        assertThat(run.progress().held())
                .hasValueSatisfying(why -> assertThat(why).endsWith("; 1 result is kept in memory"));
        journal.room = 5;

        assertThat(pool.await(run).answered()).isEqualTo(5);
        assertThat(collected.ids()).containsExactly("x0", "x1", "x2", "x3", "x4");
        assertThat(pool.stats().calls()).isEqualTo(5);
    }

    @Test
    void fullJournal_withdrawsWhatWaitsForALimit() {
        Pool slow = new Pool().account("a", "20 / 1m");
        journal.room = 10;
        BatchRun run = Batch.over(slow.open())
                .timeline(slow.timeline())
                .journal(journal)
                .build()
                .run(items(50));
        run.subscribe(collected);
        slow.timeline().advance(Duration.ofMinutes(5));
        assertThat(slow.stats().calls()).isEqualTo(20);
        assertThat(run.progress().underWay()).isZero();
        journal.room = 50;

        assertThat(slow.await(run).answered()).isEqualTo(50);
        assertThat(slow.stats().calls()).isEqualTo(50);
    }

    private BatchRun runWithAFullJournal() {
        journal.room = 100;
        BatchRun run = batch(pool.open()).total(1_000).build().run(items(1_000));
        run.subscribe(collected);
        pool.timeline().advance(Duration.ofMinutes(1));
        return run;
    }

    @Test
    void fullJournal_thatIsAborted_triesOnceMore_andSaysWhatIsLost() {
        BatchRun run = runWithAFullJournal();
        int attempts = journal.attempts;

        run.abort();

        assertThatThrownBy(() -> pool.await(run)).hasCauseInstanceOf(IOException.class);
        assertThat(journal.attempts).isEqualTo(attempts + 1);
        assertThat(collected.failure())
                .hasMessageMatching("answers.jsonl can't be written: no space left on device; \\d+ results are lost");
    }

    @Test
    void fullJournal_thatIsStoppedWhenThereIsRoom_losesNothing() {
        BatchRun run = runWithAFullJournal();
        journal.room = Integer.MAX_VALUE;

        run.stop();

        assertThat(pool.await(run).answered()).isEqualTo(pool.stats().calls()).isLessThan(1_000);
        assertThat(collected.results()).containsExactlyElementsOf(journal.results);
        assertThat(collected.completed()).isTrue();
    }

    /** Whoever stops a run wants no more calls; those that were made are paid for. */
    @Test
    void fullJournal_thatIsStopped_keepsWhatArrived_untilThereIsRoom() {
        BatchRun run = runWithAFullJournal();

        run.stop();
        pool.timeline().advance(Duration.ofMinutes(10));
        assertThat(run.end()).isNotDone();
        assertThat(run.progress().held()).isPresent();
        journal.room = Integer.MAX_VALUE;

        assertThat(pool.await(run).answered()).isEqualTo(pool.stats().calls());
        assertThat(collected.results()).containsExactlyElementsOf(journal.results);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fullJournal_ofARunThatARuleOrItsInputEnds_losesNothing(boolean rule) {
        OptionalLong most = rule ? OptionalLong.of(100) : OptionalLong.empty();
        Iterator<BatchItem> items = IntStream.range(0, 1_000)
                .mapToObj((IntFunction<BatchItem>) number -> {
                    if (number == 300) {
                        throw new IllegalStateException("line 301 is no JSON");
                    }
                    return item(number);
                })
                .iterator();
        journal.room = 0;
        BatchRun run = batch(pool.open())
                .stop(new StopRules(most, Optional.empty(), Optional.empty(), 20))
                .build()
                .run(items);
        run.subscribe(collected);

        pool.timeline().advance(Duration.ofMinutes(10));
        assertThat(run.end()).isNotDone();
        journal.room = Integer.MAX_VALUE;
        pool.timeline().advance(Duration.ofMinutes(1));

        assertThat(run.end()).isDone();
        assertThat(journal.results).isNotEmpty().hasSize((int) pool.stats().calls());
    }

    /** What a journal, or anything else, throws against its rules loses no answer that is paid for. */
    @Test
    void surprise_endsTheRun_afterWhatIsUnderWay() {
        NoClassDefFoundError surprise = new NoClassDefFoundError("on purpose");
        AtomicInteger looks = new AtomicInteger();
        journal.looking = () -> {
            if (looks.incrementAndGet() == 5) {
                throw surprise;
            }
        };
        BatchRun run = batch(pool.open()).build().run(items(10));

        assertThatThrownBy(() -> run(run)).hasCause(surprise);
        assertThat(journal.results).hasSize(4);
        assertThat(collected.results()).hasSize(4);
        assertThat(pool.stats().calls()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lostJournal_endsTheRun_afterWhatIsUnderWay(boolean broken) {
        journal.appending = () -> {
            if (broken) {
                throw new NoClassDefFoundError("the disk is gone");
            }
            throw new IllegalStateException("the disk is gone");
        };
        BatchRun run = batch(pool.open()).build().run(items(1_000));

        assertThatThrownBy(() -> run(run)).hasRootCauseMessage("the disk is gone");

        assertThat(journal.attempts).isEqualTo(1);
        assertThat(collected.failure()).hasMessage("the disk is gone");
        assertThat(collected.results()).isEmpty();
        // Those under way, and those that the engine began in their place when they had ended.
        assertThat(pool.stats().calls()).isLessThanOrEqualTo(256);
        assertThat(run.progress().underWay()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void subscriberThatThrows_getsNoFurtherSignal_andNothingUnderWayIsLost(int signal) {
        IllegalStateException wrong = new IllegalStateException("on purpose");
        Throwing subscriber = new Throwing(signal, wrong);
        BatchRun run = batch(pool.open()).build().run(items(1_000));
        run.subscribe(subscriber);

        assertThatThrownBy(() -> pool.await(run)).hasCause(wrong);

        assertThat(subscriber.signals).isEqualTo(signal);
        assertThat(journal.results).hasSize((int) pool.stats().calls()).hasSizeLessThan(1_000);
        assertThat(pool.stats().calls())
                .as("nothing begins for one who threw at its subscription")
                .isLessThanOrEqualTo(signal * 100L);
    }

    @Test
    void subscriberThatThrowsAtTheLastResult_endsTheRunWithIt() {
        IllegalStateException wrong = new IllegalStateException("on purpose");
        BatchRun run = batch(pool.open()).build().run(items(3));
        run.subscribe(new Throwing(3, wrong));

        assertThatThrownBy(() -> pool.await(run)).hasCause(wrong);
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
        assertThat(collected.results()).first().isInstanceOfSatisfying(BatchResult.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo("no_account/model_unavailable");
            assertThat(failed.status()).hasValue(400);
            assertThat(failed.message()).isNotEmpty();
        });
    }

    @Test
    void failuresThatDiffer_orHaveAnAnswerAmongThem_dontStopTheRun() {
        StopConditions conditions = new StopConditions(pool.open(), StopRules.USUAL);
        for (String kind : List.of("a", "", "a", "b", "a")) {
            for (int i = 0; i < (kind.isEmpty() ? 1 : 19); i++) {
                conditions.ended(
                        kind.isEmpty()
                                ? new BatchResult.Answered(item(i), answer("Hello"))
                                : BatchResult.Failed.withoutCall(item(i), kind, kind + " " + i));
                assertThat(conditions.reason()).isEmpty();
            }
        }
        conditions.ended(BatchResult.Failed.withoutCall(item(19), "a", "the last"));
        assertThat(conditions.reason()).hasValue("20 prompts in a row failed in the same way; the last one: the last");
    }

    @Test
    void itemThatCannotBeAsked_failsWithoutACall() {
        Prompt nowhere = Prompt.builder().user("Hello").route("nowhere").build();

        BatchProgress end = run(batch(pool.open())
                .build()
                .run(List.of(new BatchItem("x", nowhere)).iterator()));

        assertThat(end.failed()).isEqualTo(1);
        assertThat(journal.results).singleElement().isInstanceOfSatisfying(BatchResult.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(BatchResult.Failed.NOT_ASKED);
            assertThat(failed.message()).contains("nowhere");
            assertThat(failed.status()).isEmpty();
        });
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

    /** Of this run: what was called before it doesn't count. */
    @ParameterizedTest
    @CsvSource({"100, 1s", "900, 150ms~50%"})
    void mostCalls_areNotExceeded(int most, String latency) {
        pool.service(service -> service.latency(Latency.parse(latency)));
        Whippletree whippletree = pool.open();
        StopRules rules = new StopRules(OptionalLong.of(most), Optional.empty(), Optional.empty(), 20);
        run(Batch.over(whippletree).timeline(pool.timeline()).build().run(items(50)));
        Collected later = new Collected();
        BatchRun run = batch(whippletree)
                .stop(rules)
                .build()
                .run(IntStream.range(100, 10_000).mapToObj(BatchRunTest::item));
        run.subscribe(later);

        BatchProgress end = pool.await(run);

        assertThat(pool.stats().calls()).isEqualTo(50 + most);
        assertThat(end.calls()).isEqualTo(most);
        assertThat(end.answered()).isEqualTo(most).isEqualTo(later.results().size());
        assertThat(end.stopped()).hasValue("it has made as many calls as it may make: " + most);
    }

    @Test
    void mostCost_isReached_andNotExceeded_whateverWasPaidBefore() {
        BigDecimal most = new BigDecimal("0.01");
        pool.service(service -> service.latency(Latency.constant(Duration.ofMillis(700))));
        Whippletree whippletree = pool.open();
        StopRules rules = new StopRules(OptionalLong.empty(), Optional.of(most), Optional.of(prices("model")), 20);
        run(Batch.over(whippletree).timeline(pool.timeline()).build().run(items(300)));
        long before = pool.stats().calls();

        BatchProgress end = run(batch(whippletree).stop(rules).build().run(items(10_000)));

        assertThat(end.cost())
                .hasValueSatisfying(
                        cost -> assertThat(cost).isBetween(new BigDecimal("0.009"), new BigDecimal("0.0101")));
        assertThat(end.answered()).isEqualTo(pool.stats().calls() - before).isBetween(20L, 9_999L);
        assertThat(end.stopped()).isPresent();
    }

    @Test
    void rulesThatCannotHold_areRefused() {
        Optional<BigDecimal> zero = Optional.of(BigDecimal.ZERO);
        Optional<PriceList> prices = Optional.of(prices("model"));
        assertThatThrownBy(() -> new StopRules(OptionalLong.of(0), Optional.empty(), prices, 20))
                .hasMessage("the most calls of a batch must be 1 or more, not 0");
        assertThatThrownBy(() -> new StopRules(OptionalLong.empty(), zero, prices, 20))
                .hasMessage("the cost limit of a batch must be above 0, not 0");
        assertThatThrownBy(() -> new StopRules(OptionalLong.empty(), Optional.of(BigDecimal.ONE), Optional.empty(), 20))
                .hasMessage("a cost limit needs a price list");
        assertThatThrownBy(() -> new StopRules(OptionalLong.empty(), Optional.empty(), prices, 0))
                .hasMessage("the most failures in a row must be 1 or more, not 0");
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
        BatchProgress end = run(batch(pool.open())
                .mostCharacters(4 * 20 * 1_536 * 2)
                .total(100)
                .build()
                .run(vectors(100).iterator()));

        assertThat(end.answered()).isEqualTo(100);
        assertThat(end.elapsed())
                .as("four at once, by the room that their vectors take, a second each")
                .isBetween(Duration.ofSeconds(25), Duration.ofSeconds(26));
        assertThat(pool.stats().calls()).as("of 16 texts at most").isEqualTo(200);
        assertThat(collected.results()).allSatisfy(result -> {
            Embeddings embeddings = ((BatchResult.Answered) result).embeddings();
            assertThat(embeddings.all())
                    .hasSize(20)
                    .allSatisfy(vector -> assertThat(vector.vector()).hasSize(256));
            assertThat(embeddings.calls()).isEqualTo(2);
        });
        assertThatThrownBy(() -> new BatchResult.Answered(item(1), answer("Hello")).embeddings())
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

    @Test
    void runThatIsStoppedBeforeItsSubscription_asksNothing() {
        BatchRun run = batch(pool.open()).build().run(items(10));

        run.stop();
        pool.timeline().advance(Duration.ofSeconds(1));
        BatchProgress end = run(run);

        assertThat(end.stopped()).hasValue("it was told to stop");
        assertThat(collected.completed()).isTrue();
        assertThat(collected.results()).isEmpty();
        assertThat(pool.stats().calls()).isZero();
    }

    /** Each item needs two calls. */
    @Test
    void mostCalls_areNotExceededByVectors_andBringWholeItems() {
        StopRules rules = new StopRules(OptionalLong.of(7), Optional.empty(), Optional.empty(), 20);

        BatchProgress end =
                run(batch(pool.open()).stop(rules).build().run(vectors(100).iterator()));

        assertThat(end.calls()).isEqualTo(6).isEqualTo(pool.stats().calls());
        assertThat(end.answered()).isEqualTo(3);
        assertThat(end.stopped()).hasValue("the next prompt may need 2 calls, and it may make only 1 more");
    }

    /** Each item needs two calls, so another run that may make one wouldn't begin it either. */
    @Test
    void itemThatNeedsMoreCallsThanAllMayBe_isNotBegun_andTheReasonSaysHowManyToAllow() {
        StopRules rules = new StopRules(OptionalLong.of(1), Optional.empty(), Optional.empty(), 20);

        BatchProgress end =
                run(batch(pool.open()).stop(rules).build().run(vectors(1).iterator()));

        assertThat(end.calls()).isZero();
        assertThat(end.stopped()).hasValue("the next prompt may need 2 calls, and it may make only 1: allow 2 or more");
    }

    /** The limit lets five calls begin at once, so one item has half its vectors when the cost is reached. */
    @Test
    void ruleThatStops_letsVectorsEndThatArePaidForInPart() {
        Pool slow = new Pool().account("a", "5 / 1m");
        StopRules rules = new StopRules(
                OptionalLong.empty(), Optional.of(new BigDecimal("0.00001")), Optional.of(prices("model")), 20);

        BatchProgress end = run(
                slow,
                Batch.over(slow.open())
                        .timeline(slow.timeline())
                        .journal(journal)
                        .stop(rules)
                        .build()
                        .run(vectors(100).iterator()));

        assertThat(end.stopped()).isPresent();
        assertThat(end.answered()).isBetween(1L, 20L);
        assertThat(slow.stats().calls()).isEqualTo(2 * end.answered());
    }

    @Test
    void stoppedRun_withdrawsVectorsThatWait() {
        BatchRun run = batch(pool.open()).build().run(vectors(1_500));
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
    void conversations_carryWhatWasSaid_andInstructionsOnce_untilTheyEnd() {
        Conversations conversations = new Conversations(true);
        BatchItem first = spoken("x0", "One");
        BatchItem second = new BatchItem("x1", spoken("x1", "Two").prompt(), true, "");

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
        assertThat(conversations.parkedCharacters()).isZero();
        assertThat(conversations.ended(second, Optional.empty())).isEmpty();
        BatchItem other = spoken("x2", "Three");
        assertThat(conversations.isDue(other)).isTrue();
        assertThat(conversations.prompt(other))
                .as("what has ended is forgotten")
                .isEqualTo(other.prompt());
        assertThat(conversations.failedBefore(other)).isEmpty();
    }

    @Test
    void conversation_isNotGoneOnWithAfterAFailure_whichIsTheFirst() {
        Conversations conversations = new Conversations(true);
        for (String id : List.of("x0", "x1")) {
            BatchItem item = spoken(id, "Hello");
            assertThat(conversations.isDue(item)).isTrue();
            assertThat(conversations.ended(item, Optional.empty())).isEmpty();
        }

        assertThat(conversations.failedBefore(spoken("x2", "Two"))).hasValue("x0");
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
