package dev.whippletree.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Scope;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateFolderTest {

    /** Why exchanges failed. */
    private final Queue<String> unsaved = new ConcurrentLinkedQueue<>();

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final WindowKey DAY = new WindowKey(Scope.of("acme"), Limit.Unit.REQUESTS, Duration.ofDays(1));
    private static final ClosedPlace PLACE =
            new ClosedPlace(ClosedPlace.Extent.ORGANIZATION, "acme", Optional.of("model"));

    @TempDir
    private Path folder;

    private StateFolder open() {
        return StateFolder.open(folder);
    }

    private static OwnState used(String process, long amount, Instant date) {
        return new OwnState(process, List.of(uses(DAY, amount, date)), List.of(), List.of(), Set.of(), List.of());
    }

    private static WindowUses uses(WindowKey key, long amount, Instant date) {
        return new WindowUses(key, new TreeMap<>(Map.of(key.bucket(date.toEpochMilli()), amount)));
    }

    private static SavedState done(Exchange exchange) {
        assertThat(exchange).isInstanceOf(Exchange.Done.class);
        return ((Exchange.Done) exchange).state();
    }

    private static long sum(SavedState state, String but) {
        return state.usesOfOthers(but).getOrDefault(DAY, new TreeMap<>()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void whatIsSaved_isFoundAgainWhole() {
        SavedLimit limit = new SavedLimit(
                new SavedLimit.SavedLimitKey(
                        Scope.of("acme", "model"), Limit.Unit.TOKENS, Refill.CONTINUOUS, Duration.ZERO),
                8000,
                -5,
                NOW.plusSeconds(60),
                Duration.ofMinutes(1),
                NOW);
        SavedClosure closure = new SavedClosure(PLACE, true, NOW, NOW.plusSeconds(3600), "no \"credit\"", "0a1b");
        SavedTokens tokens = tokens("a", NOW, 7, 1, 8);
        OwnState own = new OwnState(
                "p", List.of(uses(DAY, 3, NOW)), List.of(limit), List.of(closure), Set.of(), List.of(tokens));
        SavedState saved = done(open().exchange(own, false, NOW));
        assertThat(open().found()).isEqualTo(saved);
        assertThat(saved.limits()).containsExactly(limit);
        assertThat(saved.closures()).containsExactly(closure);
        assertThat(saved.tokens()).containsExactly(tokens);
        assertThat(saved.processes()).containsEntry("p", own.uses());
        assertThat(open().warnings()).isEmpty();
    }

    private static SavedTokens tokens(String route, Instant changed, Integer... values) {
        return new SavedTokens(
                new SavedTokens.SavedTokensKey("COMPLETIONS", route, "model", 0), List.of(values), changed);
    }

    private static OwnState learned(String process, List<SavedTokens> tokens) {
        return new OwnState(process, List.of(), List.of(), List.of(), Set.of(), tokens);
    }

    @Test
    void ofWhatTwoProcessesLearned_theOneWithMoreValuesIsKept_elseTheNewer() {
        SavedTokens more = tokens("a", NOW.minusSeconds(9), 1, 2, 3);
        SavedTokens newer = tokens("b", NOW, 4, 5);
        open().exchange(learned("one", List.of(more, tokens("b", NOW.minusSeconds(9), 6, 7))), false, NOW);
        open().exchange(learned("other", List.of(tokens("a", NOW, 1, 2), newer)), false, NOW);
        assertThat(open().found().tokens()).containsExactlyInAnyOrder(more, newer);
    }

    @Test
    void whatWasLearned_isBounded_andForgottenAfterAMonth() {
        List<SavedTokens> many = new ArrayList<>();
        for (int route = 0; route < 300; route++) {
            many.add(tokens(
                    "route " + route,
                    NOW.plusSeconds(route - 300),
                    Collections.nCopies(900, route).toArray(Integer[]::new)));
        }
        SavedState saved = done(open().exchange(learned("p", many), false, NOW));
        assertThat(saved.tokens())
                .hasSize(200)
                .allSatisfy(kept -> assertThat(kept.latest()).hasSize(100));
        assertThat(saved.tokens().get(0).key().name()).isEqualTo("route 299");
        assertThat(saved.at(NOW.plus(Duration.ofDays(31))).tokens()).isEmpty();
    }

    @Test
    void fileOfVersionOne_isRead() throws IOException {
        Files.writeString(
                folder.resolve("state.json"),
                "{\"version\": 1, \"saved\": \"" + NOW + "\", \"processes\": {\"ended\": [{\"organization\": \"acme\","
                        + " \"unit\": \"REQUESTS\", \"window_ms\": 86400000, \"uses\": {\"" + NOW.toEpochMilli()
                        + "\": 3}}]},"
                        + " \"limits\": [], \"closures\": []}");
        StateFolder opened = open();
        assertThat(opened.warnings()).isEmpty();
        assertThat(sum(opened.found(), "")).isEqualTo(3);
        assertThat(opened.found().tokens()).isEmpty();
    }

    @Test
    void emptyFolder_holdsNothing() {
        assertThat(open().found()).isEqualTo(SavedState.EMPTY);
        assertThat(open().warnings()).isEmpty();
    }

    @Test
    void processes_keepEachOthersUses() {
        StateFolder one = open();
        StateFolder other = open();
        one.exchange(used("one", 3, NOW), false, NOW);
        other.exchange(used("other", 4, NOW), false, NOW);
        SavedState all = done(one.exchange(used("one", 5, NOW), false, NOW));
        assertThat(sum(all, "")).isEqualTo(9);
        assertThat(sum(all, "one")).isEqualTo(4);
    }

    @Test
    void endedProcesses_areOneEntryHoweverMany() {
        for (int process = 0; process < 100; process++) {
            open().exchange(used("p" + process, 1, NOW), false, NOW);
            open().exchange(used("p" + process, 2, NOW), true, NOW);
        }
        assertThat(open().found().processes()).containsOnlyKeys(SavedState.ENDED);
        assertThat(sum(open().found(), "")).isEqualTo(200);
    }

    @Test
    void whatCanMatterNoLonger_isDropped() {
        open().exchange(used("p", 3, NOW), false, NOW);
        Instant later = NOW.plus(Duration.ofDays(1)).plusMillis(DAY.bucketMillis());
        OwnState nothing = new OwnState("q", List.of(), List.of(), List.of(), Set.of(), List.of());
        assertThat(done(open().exchange(nothing, false, later)).processes()).isEmpty();
    }

    @Test
    void bucket_isNeverBeforeTheUse_andLessThanATwoHundredFortiethAfterIt() {
        for (long millis = -1000; millis < 1000; millis += 7) {
            long date = NOW.toEpochMilli() + millis * 12_345;
            assertThat(DAY.bucket(date))
                    .isBetween(date, date + Duration.ofDays(1).dividedBy(240).toMillis() - 1);
            assertThat(DAY.bucket(DAY.bucket(date))).isEqualTo(DAY.bucket(date));
        }
    }

    @Test
    void newerViewOfALimit_wins() {
        SavedLimit.SavedLimitKey key = new SavedLimit.SavedLimitKey(
                Scope.of("acme"), Limit.Unit.REQUESTS, Refill.AT_ONCE, Duration.ofHours(1));
        SavedLimit older = new SavedLimit(key, 100, 5, NOW.plusSeconds(600), Duration.ofHours(1), NOW.minusSeconds(9));
        SavedLimit newer = new SavedLimit(key, 100, 90, NOW.plusSeconds(900), Duration.ofHours(1), NOW);
        open().exchange(new OwnState("one", List.of(), List.of(newer), List.of(), Set.of(), List.of()), false, NOW);
        open().exchange(new OwnState("other", List.of(), List.of(older), List.of(), Set.of(), List.of()), false, NOW);
        assertThat(open().found().limits()).containsExactly(newer);
    }

    @Test
    void laterEndOfAClosure_wins_untilSomebodySeesItOpen() {
        SavedClosure early = new SavedClosure(PLACE, false, NOW, NOW.plusSeconds(10), "early", "");
        SavedClosure late = new SavedClosure(PLACE, false, NOW, NOW.plusSeconds(20), "late", "");
        open().exchange(new OwnState("one", List.of(), List.of(), List.of(late), Set.of(), List.of()), false, NOW);
        open().exchange(new OwnState("other", List.of(), List.of(), List.of(early), Set.of(), List.of()), false, NOW);
        assertThat(open().found().closures()).containsExactly(late);
        open().exchange(new OwnState("one", List.of(), List.of(), List.of(), Set.of(PLACE), List.of()), false, NOW);
        assertThat(open().found().closures()).isEmpty();
    }

    @Test
    void clockThatWasPutBack_makesNothingLastLongerThanItWould() {
        Instant ahead = NOW.plus(Duration.ofDays(400));
        SavedClosure closure = new SavedClosure(PLACE, false, ahead, ahead.plusSeconds(60), "why", "");
        SavedLimit limit = new SavedLimit(
                new SavedLimit.SavedLimitKey(Scope.of("acme"), Limit.Unit.REQUESTS, Refill.AT_ONCE, Duration.ZERO),
                100,
                5,
                ahead.plusSeconds(600),
                Duration.ofHours(1),
                ahead);
        open().exchange(
                        new OwnState(
                                "p",
                                List.of(uses(DAY, 3, ahead)),
                                List.of(limit),
                                List.of(closure),
                                Set.of(),
                                List.of()),
                        true,
                        ahead);
        SavedState seen = open().found().at(NOW);
        assertThat(seen.closures().get(0).until()).isEqualTo(NOW.plusSeconds(60));
        assertThat(seen.limits().get(0).full()).isEqualTo(NOW.plusSeconds(600));
        assertThat(sum(seen, "")).isEqualTo(3);
        Instant dayLater = NOW.plus(Duration.ofDays(1)).plusSeconds(60).plusMillis(DAY.bucketMillis());
        assertThat(sum(seen.at(dayLater), "")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "garbage",
                "{\"version\": \"one\"}",
                "{\"version\": 1}",
                "{\"version\": 1, \"saved\": \"noon\", \"processes\": {}, \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": \"2026-03-01T12:00:00Z\", \"processes\": {\"p\": [{\"organization\": \"o\","
                        + " \"unit\": \"REQUESTS\", \"window_ms\": 1000, \"uses\": {\"soon\": 1}}]},"
                        + " \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": \"2026-03-01T12:00:00Z\", \"processes\": {\"p\": [{\"organization\": \"o\","
                        + " \"unit\": \"REQUESTS\", \"window_ms\": 0, \"uses\": {}}]}, \"limits\": [], \"closures\": []}"
            })
    void fileThatCannotBeRead_isPutAsideWithAWarning(String contents) throws IOException {
        Path file = folder.resolve("state.json");
        Files.writeString(file, contents);
        StateFolder opened = open();
        assertThat(opened.found()).isEqualTo(SavedState.EMPTY);
        assertThat(opened.warnings()).singleElement().asString().contains("can't be read", file.toString());
        assertThat(sum(done(opened.exchange(used("p", 3, NOW), false, NOW)), ""))
                .isEqualTo(3);
        assertThat(folder.resolve("state.broken")).hasContent(contents);
        assertThat(open().warnings()).isEmpty();
    }

    @Test
    void fileOfANewerVersion_isLeftAlone() throws IOException {
        Path file = folder.resolve("state.json");
        Files.writeString(file, "{\"version\": 3, \"anything\": true}");
        StateFolder opened = open();
        assertThat(opened.warnings()).singleElement().asString().contains("version 3", "newer program");
        assertThat(opened.exchange(used("p", 3, NOW), false, NOW)).isInstanceOf(Exchange.SaveFailed.class);
        assertThat(file).hasContent("{\"version\": 3, \"anything\": true}");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void linkInPlaceOfTheState_isNeitherReadNorWrittenThrough() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        StateFolder.open(elsewhere).exchange(used("p", 7, NOW), false, NOW);
        for (String target : List.of("state.json", "secret")) {
            Path victim = elsewhere.resolve(target);
            if (Files.notExists(victim)) {
                Files.writeString(victim, "mine");
            }
            Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-r--r--"));
            byte[] before = Files.readAllBytes(victim);
            Path link = Files.createSymbolicLink(folder.resolve("state.json"), victim);
            StateFolder opened = open();
            assertThat(opened.found()).isEqualTo(SavedState.EMPTY);
            assertThat(opened.warnings())
                    .singleElement()
                    .asString()
                    .contains(link.toString(), "it isn't a regular file", "kept as state.broken");
            assertThat(sum(done(opened.exchange(used("p", 3, NOW), false, NOW)), ""))
                    .isEqualTo(3);
            assertThat(link)
                    .isRegularFile()
                    .satisfies(file -> assertThat(Files.isSymbolicLink(file)).isFalse());
            assertThat(victim).hasBinaryContent(before);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(victim)))
                    .isEqualTo("rw-r--r--");
            Files.delete(link);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.json", "state.lock"})
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pipeInPlaceOfAFile_isWaitedForByNobody(String name) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve(name).toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(open().exchange(used("p", 3, NOW), false, NOW))
                .isInstanceOf(name.equals("state.json") ? Exchange.Done.class : Exchange.SaveFailed.class);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void linkInPlaceOfTheLock_isNotFollowed_andSaidSo() throws IOException {
        Path victim = folder.resolve("victim");
        Files.createSymbolicLink(folder.resolve("state.lock"), victim);
        assertThat(open().exchange(used("p", 3, NOW), false, NOW))
                .isInstanceOfSatisfying(
                        Exchange.SaveFailed.class,
                        failed -> assertThat(failed.problem()).contains("state.lock isn't a regular file; delete it"));
        assertThat(victim).doesNotExist();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void folderThatIsALink_isTheOneItNames() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        StateFolder linked = StateFolder.open(Files.createSymbolicLink(folder.resolve("link"), real));
        assertThat(linked.warnings()).isEmpty();
        linked.exchange(used("p", 3, NOW), false, NOW);
        assertThat(sum(StateFolder.open(real).found(), "")).isEqualTo(3);
    }

    @Test
    void folderThatIsNotThere_isWarnedAboutAndNotMade() {
        StateFolder missing = StateFolder.open(folder.resolve("missing"));
        assertThat(missing.warnings()).singleElement().asString().contains("doesn't exist; create it");
        assertThat(missing.exchange(used("p", 3, NOW), false, NOW))
                .isInstanceOfSatisfying(
                        Exchange.SaveFailed.class,
                        failed -> assertThat(failed.problem()).contains("can't be saved", "doesn't exist"));
        assertThat(folder.resolve("missing")).doesNotExist();
    }

    @Test
    void fileInTheFoldersPlace_isWarnedAbout() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        StateFolder wrong = StateFolder.open(file);
        assertThat(wrong.warnings()).isNotEmpty();
        assertThat(wrong.exchange(used("p", 3, NOW), false, NOW)).isInstanceOf(Exchange.SaveFailed.class);
    }

    @Test
    void saveThatFailsHalfWay_leavesWhatWasThere() throws IOException {
        SavedState before = done(open().exchange(used("p", 3, NOW), false, NOW));
        Files.createDirectories(folder.resolve("state.tmp/what can't be deleted"));
        assertThat(open().exchange(used("p", 4, NOW), false, NOW)).isInstanceOf(Exchange.SaveFailed.class);
        assertThat(open().found()).isEqualTo(before);
    }

    @Test
    void folderThatAnotherIsSavingIn_isBusy() throws IOException {
        try (FileChannel channel = FileChannel.open(
                        folder.resolve("state.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThat(open().exchange(used("p", 3, NOW), false, NOW)).isInstanceOf(Exchange.Busy.class);
        }
        assertThat(open().exchange(used("p", 3, NOW), false, NOW)).isInstanceOf(Exchange.Done.class);
    }

    @Test
    void exchangesOfSeveralThreads_loseNothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                String process = "p" + thread;
                all.add(threads.submit(() -> saveTwentyTimes(process)));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(sum(open().found(), ""))
                .as("saved; not saved because: %s", unsaved)
                .isEqualTo(80);
    }

    private void saveTwentyTimes(String process) {
        StateFolder own = open();
        for (int uses = 1; uses <= 20; uses++) {
            Exchange exchange = own.exchange(used(process, uses, NOW), uses == 20, NOW);
            while (exchange instanceof Exchange.Busy) {
                Thread.onSpinWait();
                exchange = own.exchange(used(process, uses, NOW), uses == 20, NOW);
            }
            if (exchange instanceof Exchange.SaveFailed failed) {
                unsaved.add(failed.problem());
            }
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void files_areTheirOwnersAlone_whateverWasThereBefore() throws IOException {
        for (String name : List.of("state.json", "state.tmp")) {
            Files.writeString(folder.resolve(name), "left by another version");
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rw-rw-rw-"));
        }

        done(open().exchange(used("one", 1, NOW), false, NOW));

        for (String name : List.of("state.json", "state.lock", "state.broken")) {
            assertThat(Files.getPosixFilePermissions(folder.resolve(name)))
                    .as(name)
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(folder.resolve("state.tmp")).doesNotExist();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void linkInThePlaceOfTheNextFile_isNotFollowed() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "stays");
        Files.createSymbolicLink(folder.resolve("state.tmp"), other);

        done(open().exchange(used("one", 1, NOW), false, NOW));

        assertThat(other).hasContent("stays");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void privateFile_isItsOwnersAlone_andSoIsItsFolder() throws IOException {
        Path file = folder.resolve("a/b/file");
        PrivateFile.createFolder(folder.resolve("a/b"));
        PrivateFile.write(file, "one");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(folder.resolve("a")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        PrivateFile.replace(file, "é");

        assertThat(file).hasContent("é");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> PrivateFile.write(file, "two"));
    }
}
