package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Durations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which options the launcher starts a JVM with, seen from a JVM that only writes them down. */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class LauncherTest {

    private static final String ARCHIVE = "-XX:SharedArchiveFile=";

    private static final String CACHE = "-XX:AOTCache=";

    /** Writes each start down, and makes what a JVM would make; talks on standard output, as JVMs do of archives. */
    private static final String JAVA = """
            #!/bin/sh
            printf '%s\\n' "$*" >>"$STARTS"
            printf '%s\\n' "$LC_ALL" >"$STARTS.locale"
            { true 3<&0; } 2>/dev/null || echo closed
            for option in "$@"; do
                making=$option
                case $option in
                    -XX:DumpLoadedClassList=*)
                        while [ -e "$STARTS.held" ]; do sleep 0.01; done
                        cp "$STARTS.loaded" "${option#*=}"; echo noise ;;
                    -XX:SharedClassListFile=*) cp "${option#*=}" "$STARTS.classes" ;;
                    -XX:AOTConfiguration=*) echo profiles >>"${option#*=}" ;;
                    -XX:SharedArchiveFile=* | -XX:AOTCache=*) archive=${option#*=} ;;
                esac
            done
            case $* in
                *-Xshare:dump* | *-XX:AOTMode=create*)
                    echo noise
                    [ -z "$DUMP_FAILS" ] || { echo half >"$archive"; exit 134; }
                    echo classes >"$archive" ;;
                *ServeRehearsal*) ;;
                *Rehearsal*) : >"$making/rehearsal.yaml" ;;
                *) echo ran; exit 3 ;;
            esac
            """;

    /** What a JVM writes down of the classes it has loaded; newer ones add constants. */
    private static final String LOADED = """
            picocli/CommandLine id: 1
            dev/whippletree/cli/Main id: 2
            dev/whippletree/Whippletree id: 3
            @lambda-proxy dev/whippletree/Whippletree run
            @lambda-proxy dev/whippletree/cli/Main get ()Ljava/util/function/Supplier;
            @lambda-proxy dev/whippletree/cli/Main handle ()Lpicocli/CommandLine$IParameterExceptionHandler;
            @lambda-form-invoker [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStatic LL_L
            @cp dev/whippletree/Whippletree 7
            @cp dev/whippletree/cli/Main 7
            @cp picocli/CommandLine 7
            """;

    @TempDir
    private Path folder;

    private final Map<String, String> options = new HashMap<>();

    private Path home;
    private Path launcher;
    private Path classData;

    @BeforeEach
    void layOutDistribution() throws IOException {
        home = folder.resolve("with space");
        classData = folder.resolve("class data");
        launcher = home.resolve("bin/whippletree");
        script(launcher, Files.readString(Path.of("src/main/dist/bin/whippletree")));
        Files.createDirectories(home.resolve("lib"));
        Files.writeString(home.resolve("lib/a.jar"), "a");
        script(folder.resolve("jdk/bin/java"), JAVA);
        release("17.0.21");
        Files.writeString(folder.resolve("starts.loaded"), LOADED);
    }

    @Test
    void shortCommand_stopsAtTheFirstCompiler() throws Exception {
        assertThat(launch("", "ask", "Hello")).isEqualTo("ran 3");
        assertThat(starts())
                .singleElement()
                .asString()
                .contains("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .doesNotContain(ARCHIVE, "--enable-native-access")
                .endsWith("dev.whippletree.cli.Main ask Hello");
    }

    /** With two, a JVM doesn't start. */
    @ParameterizedTest
    @ValueSource(strings = {"WHIPPLETREE_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"})
    void collectorThatTheUserChooses_isTheOnlyOne(String variable) throws Exception {
        options.put(variable, "-Xmx1g -XX:+UseG1GC");
        assertThat(launch("", "check")).isEqualTo("ran 3");
        assertThat(starts())
                .singleElement()
                .asString()
                .contains("-XX:TieredStopAtLevel=1")
                .doesNotContain("Serial");
    }

    @Test
    void longCommand_getsTheWholeCompilerAndNoClassData() throws Exception {
        launch(classData.toString(), "--debug", "stress");
        assertThat(starts()).singleElement().asString().doesNotContain("Tiered", "Serial", ARCHIVE);
    }

    @Test
    void gateway_getsTheWholeCompiler_andOnFewProcessorsASmallHeap() throws Exception {
        processors("4");
        launch("", "serve");
        processors("5");
        launch("", "serve");
        assertThat(starts()).hasSize(2).allSatisfy(start -> assertThat(start).doesNotContain("Tiered"));
        assertThat(starts().get(0)).contains("-XX:CICompilerCount=4 ", "-XX:+UseSerialGC -Xms80m -Xmn52m ");
        assertThat(starts().get(1)).doesNotContain("CICompilerCount", "Trim", "Serial", "-Xm");
    }

    /** Others don't start with an option that they don't know. */
    @ParameterizedTest
    @CsvSource({
        "17, false",
        "17.0.14, false",
        "17.0.15, true",
        "17.0.20, true",
        "18.0.2, false",
        "21, false",
        "21.0.9, false",
        "21.0.15, true",
        "22-ea, true",
        "25.0.3, true",
        "30, true"
    })
    void gateway_givesMemoryBackWhereTheJvmCan(String version, boolean can) throws Exception {
        processors("2");
        release(version);
        launch("", "serve");
        assertThat(starts().get(0).contains("-XX:TrimNativeHeapInterval=5000 ")).isEqualTo(can);
    }

    @Test
    void gatewayOnAMachineThatDoesNotCountItsProcessors_isLeftToTheJvm() throws Exception {
        script(folder.resolve("few/getconf"), "#!/bin/sh\nexit 1\n");
        options.put("PATH", folder.resolve("few") + ":" + System.getenv("PATH"));
        launch("", "serve");
        assertThat(starts()).singleElement().asString().doesNotContain("Serial", "-Xm");
    }

    /** A JVM doesn't start with a first heap above its largest. */
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx64m", "-Xmn8m", "-Xms1g", "-XX:MaxHeapSize=64m", "-XX:MaxRAMPercentage=50"})
    void heapThatTheUserSizes_staysSo(String size) throws Exception {
        processors("2");
        options.put("JDK_JAVA_OPTIONS", size);
        launch("", "serve");
        assertThat(starts())
                .singleElement()
                .asString()
                .contains("-XX:+UseSerialGC")
                .doesNotContain("-Xm");
    }

    @Test
    void gatewayWithTheUsersCollector_hasTheUsersHeap() throws Exception {
        processors("2");
        options.put("JAVA_TOOL_OPTIONS", "-XX:+UseZGC");
        launch("", "serve");
        assertThat(starts()).singleElement().asString().doesNotContain("Serial", "-Xm");
    }

    @ParameterizedTest
    @CsvSource({"-Xshare:off, false", "-XX:AOTMode=off, false", "-Xlog:gc, true"})
    void archiveOrLogOfTheUser_isTheOnlyOne(String option, boolean archive) throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        options.put("JDK_JAVA_OPTIONS", option);
        launch(classData.toString(), "serve");
        assertThat(starts().get(starts().size() - 1).contains(ARCHIVE)).isEqualTo(archive);
        assertThat(starts()).last().asString().doesNotContain("-Xlog:disable");
    }

    @Test
    void gateway_sharesTheClassDataOfShortCommands() throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        launch(classData.toString(), "serve");
        assertThat(starts()).hasSize(4).last().asString().contains("-Xlog:disable", ARCHIVE + classData + "/java17-");
    }

    @Test
    void gatewayOnJdk25_hasItsOwn_withWhatARehearsalRanOften() throws Exception {
        release("25.0.3");
        launchAndWait(classData.toString(), 1, "serve");
        launch(classData.toString(), "serve");
        List<String> starts = starts();
        assertThat(starts).hasSize(4);
        assertThat(starts.subList(0, 3))
                .anySatisfy(start -> assertThat(start)
                        .contains("-XX:AOTMode=record")
                        .endsWith("dev.whippletree.cli.serve.ServeRehearsal 3000"))
                .anySatisfy(start -> assertThat(start).contains("-XX:AOTMode=create"))
                .anySatisfy(start -> assertThat(start).endsWith("Main serve").doesNotContain(CACHE));
        assertThat(starts.get(3)).contains("-Xlog:disable", CACHE + classData + "/serve25-");
        assertThat(made().get(0))
                .isDirectoryNotContaining(file ->
                        !Set.of("archive", "size").contains(file.getFileName().toString()));
        launchAndWait(classData.toString(), 2, "check");
        assertThat(starts()).last().asString().doesNotContain(CACHE);
    }

    @Test
    void launcherAndJavaBehindLinks_areFound() throws Exception {
        Files.createDirectories(folder.resolve("links"));
        Files.createSymbolicLink(folder.resolve("direct"), Path.of("with space", "bin", "whippletree"));
        Files.createSymbolicLink(folder.resolve("links/whippletree"), Path.of("..", "direct"));
        Files.move(folder.resolve("jdk/bin/java"), folder.resolve("jdk/bin/really"));
        Files.createSymbolicLink(folder.resolve("jdk/bin/java"), Path.of("really"));
        launcher = folder.resolve("links/whippletree");
        assertThat(launch("", "check")).isEqualTo("ran 3");
        assertThat(starts()).singleElement().asString().contains("-cp " + home.toRealPath() + "/lib/* ");
    }

    @Test
    void jarsThatEveryCommandNeeds_areSearchedFirst() throws Exception {
        for (String jar : List.of(
                "picocli-4.7.7.jar",
                "whippletree-cli-1.0.jar",
                "whippletree-core-1.0.jar",
                "whippletree-terminal-1.0.jar")) {
            Files.writeString(home.resolve("lib").resolve(jar), jar);
        }
        launch("", "check");
        String lib = home.toRealPath() + "/lib/";
        assertThat(starts())
                .singleElement()
                .asString()
                .contains("-cp " + lib + "picocli-4.7.7.jar:" + lib + "whippletree-cli-1.0.jar:" + lib
                        + "whippletree-core-1.0.jar:" + lib + "whippletree-terminal-1.0.jar:" + lib + "* ");
    }

    @Test
    void jdkThatIsTooOld_isRefused() throws Exception {
        release("1.8.0_392");
        assertThat(launch("", "check")).contains("is older than 17").endsWith(" 2");
    }

    @Test
    void jdkThatDoesNotSayItsVersion_isAskedAndRefused() throws Exception {
        Files.delete(folder.resolve("jdk/release"));
        assertThat(launch("", "check"))
                .contains("does not say which version it is")
                .endsWith(" 2");
        assertThat(starts()).containsExactly("-version");
    }

    /** By a locale that isn't installed a JVM takes everything for ASCII, which only the launcher can prevent. */
    @ParameterizedTest
    @ValueSource(strings = {"", "C", "POSIX", "de_DE.UTF-8", "de_DE.ISO-8859-1"})
    void anyLocale_becomesOneOfUtf8(String locale) throws Exception {
        launch("", "LOCALE=" + locale, "check");
        assertThat(folder.resolve("starts.locale")).hasContent("C.UTF-8");
    }

    /** A JVM would read one of its own files in its place. */
    @Test
    void closedInput_isAnEmptyOne() throws Exception {
        Path closing = folder.resolve("closing");
        script(closing, "#!/bin/sh\nexec '" + launcher + "' \"$@\" <&-\n");
        launcher = closing;
        assertThat(launch("", "ask", "Hello")).isEqualTo("ran 3");
    }

    @Test
    void newerJdk_isToldWhatIsKnown() throws Exception {
        release("25.0.1");
        launch("", "check");
        assertThat(starts()).singleElement().asString().contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void classData_isMadeOnceBesideTheFirstCommand_andUsedQuietlyByTheNext() throws Exception {
        assertThat(launchAndWait(classData.toString(), 1, "check")).isEqualTo("ran 3");
        assertThat(launch(classData.toString(), "status")).isEqualTo("ran 3");
        List<String> starts = starts();
        assertThat(starts).hasSize(4);
        assertThat(starts.subList(0, 3))
                .anySatisfy(start -> assertThat(start)
                        .contains("-XX:DumpLoadedClassList=")
                        .containsPattern("dev.whippletree.cli.Rehearsal /.*\\.making$"))
                .anySatisfy(start -> assertThat(start).contains("-Xshare:dump"))
                .anySatisfy(start -> assertThat(start).endsWith("Main check").doesNotContain(ARCHIVE));
        assertThat(starts.get(3)).contains("-Xlog:disable", ARCHIVE + classData + "/java17-");
        assertThat(made()).hasSize(1);
    }

    /** It crashes over some of them. */
    @Test
    void classDataOfJdk17_isOfClassesAlone() throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        assertThat(folder.resolve("starts.classes")).hasContent("""
                picocli/CommandLine id: 1
                dev/whippletree/cli/Main id: 2
                dev/whippletree/Whippletree id: 3
                """);
    }

    /** They leave classes of picocli out that some of these make them link. */
    @Test
    void classDataOfNewerJdks_isOfLambdasAndConstantsToo() throws Exception {
        release("25.0.1");
        launchAndWait(classData.toString(), 1, "check");
        assertThat(folder.resolve("starts.classes")).hasContent("""
                picocli/CommandLine id: 1
                dev/whippletree/cli/Main id: 2
                dev/whippletree/Whippletree id: 3
                @lambda-proxy dev/whippletree/Whippletree run
                @lambda-proxy dev/whippletree/cli/Main get ()Ljava/util/function/Supplier;
                @lambda-form-invoker [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStatic LL_L
                @cp dev/whippletree/Whippletree 7
                """);
    }

    @Test
    void classData_leavesNothingElseBehind() throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        assertThat(made().get(0))
                .isDirectoryNotContaining(file ->
                        !Set.of("archive", "size").contains(file.getFileName().toString()));
    }

    @Test
    @Timeout(60)
    void firstCommand_endsBeforeClassDataIsMade() throws Exception {
        Path held = Files.createFile(folder.resolve("starts.held"));
        assertThat(launch(classData.toString(), "check")).isEqualTo("ran 3");
        assertThat(made()).isEmpty();
        Files.delete(held);
        waitForMade(1);
    }

    /** {@code ls} and a shell's patterns follow each of these. */
    @Test
    void howTheUserLikesTimesSizesAndNames_changesNoArchive() throws Exception {
        Files.writeString(home.resolve("lib/B.jar"), "b");
        options.putAll(Map.of("LC_ALL", "C", "TZ", "UTC0"));
        launchAndWait(classData.toString(), 1, "check");
        options.putAll(Map.of("LC_ALL", "C.UTF-8", "TZ", "Asia/Tokyo", "TIME_STYLE", "+%j", "BLOCK_SIZE", "1K"));
        options.put("QUOTING_STYLE", "c");
        Files.createDirectory(folder.resolve("path"));
        Files.createSymbolicLink(folder.resolve("path/java"), folder.resolve("jdk/bin/java"));
        options.putAll(Map.of("JAVA_HOME", "", "PATH", folder.resolve("path") + ":" + System.getenv("PATH")));
        launch(classData.toString(), "check");
        assertThat(starts()).hasSize(4).last().asString().contains(ARCHIVE);
    }

    /** As on macOS. */
    @Test
    void statOfBsd_knowsOtherJarsToo() throws Exception {
        script(folder.resolve("bsd/stat"), """
                #!/bin/sh
                [ "$1 $2 $3" = "-L -f %N %z %m" ] || exit 1
                shift 3
                wc -c "$@"
                """);
        options.put("PATH", folder.resolve("bsd") + ":" + System.getenv("PATH"));
        launchAndWait(classData.toString(), 1, "check");
        launch(classData.toString(), "check");
        assertThat(starts()).hasSize(4).last().asString().contains(ARCHIVE);
        Files.writeString(home.resolve("lib/a.jar"), "another");
        launchAndWait(classData.toString(), 2, "check");
    }

    /** Whoever can write there decides what runs. */
    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwx---rwx", "rwx-w----", "rwx----w-"})
    void folderThatOthersMayWrite_isNotUsed(String permissions) throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        Files.setPosixFilePermissions(classData, PosixFilePermissions.fromString(permissions));
        assertThat(launch(classData.toString(), "check")).isEqualTo("ran 3");
        Files.createSymbolicLink(folder.resolve("link"), classData);
        assertThat(launch(folder.resolve("link").toString(), "check")).isEqualTo("ran 3");
        assertThat(starts())
                .hasSize(5)
                .filteredOn(start -> start.contains(ARCHIVE))
                .as("but the one that made it")
                .hasSize(1);
        Files.setPosixFilePermissions(classData, PosixFilePermissions.fromString("rwxr-xr-x"));
        launch(classData.toString(), "check");
        assertThat(starts()).last().asString().contains(ARCHIVE);
        assertThat(Files.getPosixFilePermissions(made().get(0)))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void classData_isKeptInTheUsersCacheFolder() throws Exception {
        Files.createDirectories(folder.resolve("user"));
        assertThat(launch("HOME=" + folder.resolve("user"), "check")).isEqualTo("ran 3");
        classData = folder.resolve("user/.cache/whippletree");
        waitForMade(1);
        assertThat(launch("XDG_CACHE_HOME=" + folder.resolve("cache"), "check")).isEqualTo("ran 3");
        classData = folder.resolve("cache/whippletree");
        waitForMade(1);
    }

    @Test
    void otherJdkOrJars_getAnArchiveOfTheirOwn_andTheThreeLatestAreKept() throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        Path first = made().get(0);
        Files.setLastModifiedTime(first, FileTime.fromMillis(0));
        release("25.0.1");
        launchAndWait(classData.toString(), 2, "check");
        Files.writeString(home.resolve("lib/a.jar"), "another");
        launchAndWait(classData.toString(), 3, "check");
        Files.writeString(home.resolve("lib/a.jar"), "and one more");
        launch(classData.toString(), "check");
        await().atMost(Durations.ONE_MINUTE).until(() -> made().size() == 3 && !made().contains(first));
    }

    @Test
    void classDataThatCannotBeMade_isNoErrorAndNotTriedAgain() throws Exception {
        assertThat(launchAndWait(classData.toString(), 1, "DUMP_FAILS", "check"))
                .isEqualTo("ran 3");
        assertThat(launch(classData.toString(), "DUMP_FAILS", "check")).isEqualTo("ran 3");
        assertThat(starts())
                .hasSize(4)
                .last()
                .asString()
                .doesNotContain(ARCHIVE)
                .endsWith("Main check");
        assertThat(Files.size(made().get(0).resolve("archive"))).isZero();
    }

    @Test
    void archiveThatWasCutOff_isNotUsed() throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        Files.writeString(made().get(0).resolve("archive"), "cla");
        assertThat(launch(classData.toString(), "check")).isEqualTo("ran 3");
        assertThat(starts()).hasSize(4).last().asString().doesNotContain(ARCHIVE);
    }

    @Test
    void whatAKilledCommandBeganToMake_isMadeAnewLater() throws Exception {
        launchAndWait(classData.toString(), 1, "check");
        Path made = made().get(0);
        Path begun = classData.resolve(made.getFileName() + ".making");
        Files.createDirectory(begun);
        Files.setLastModifiedTime(begun, FileTime.fromMillis(0));
        try (Stream<Path> files = Files.list(made)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(made);
        launchAndWait(classData.toString(), 1, "check");
        assertThat(made()).containsExactly(made);
    }

    @Test
    void homeThatIsNotThere_isNotCreated() throws Exception {
        Path user = folder.resolve("user");
        assertThat(launch("HOME=" + user, "check")).isEqualTo("ran 3");
        options.put("HOME", user.toString());
        assertThat(launch("XDG_CACHE_HOME=" + user.resolve("cache"), "check")).isEqualTo("ran 3");
        assertThat(launch(user.resolve("class-data").toString(), "check")).isEqualTo("ran 3");
        assertThat(starts()).hasSize(3).allSatisfy(start -> assertThat(start).endsWith("Main check"));
        assertThat(user).doesNotExist();
    }

    @Test
    void folderThatCannotBeMade_isNoError() throws Exception {
        assertThat(launch(home.resolve("lib/a.jar/below").toString(), "check")).isEqualTo("ran 3");
        assertThat(starts()).singleElement().asString().doesNotContain(ARCHIVE);
    }

    private String launchAndWait(String classDataFolder, int made, String... arguments) throws Exception {
        String printed = launch(classDataFolder, arguments);
        waitForMade(made);
        return printed;
    }

    private void waitForMade(int count) {
        await().atMost(Durations.ONE_MINUTE).until(() -> Files.exists(classData) && made().size() == count);
    }

    /**
     * Returns everything the launcher printed, errors included, and its exit code.
     *
     * @param classDataFolder where class data goes; or another variable and its value instead
     */
    private String launch(String classDataFolder, String... arguments) throws Exception {
        boolean failing = arguments[0].equals("DUMP_FAILS");
        boolean located = arguments[0].startsWith("LOCALE=");
        ProcessBuilder process = new ProcessBuilder(Stream.concat(
                        Stream.of(launcher.toString()), Stream.of(arguments).skip(failing || located ? 1 : 0))
                .toList());
        if (located) {
            process.environment().put("LC_ALL", arguments[0].substring("LOCALE=".length()));
        }
        process.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        process.environment().put("STARTS", folder.resolve("starts").toString());
        process.environment().put("DUMP_FAILS", failing ? "yes" : "");
        process.environment().remove("XDG_CACHE_HOME");
        String[] variable = classDataFolder.split("=", 2);
        if (variable.length == 2) {
            process.environment().remove("WHIPPLETREE_CLASS_DATA");
            process.environment().put(variable[0], variable[1]);
        } else {
            process.environment().put("WHIPPLETREE_CLASS_DATA", classDataFolder);
        }
        process.environment()
                .keySet()
                .removeAll(Set.of("WHIPPLETREE_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
        process.environment().putAll(options);
        Process running = process.redirectErrorStream(true).start();
        running.getOutputStream().close();
        String printed = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return printed.strip() + " " + running.waitFor();
    }

    private List<String> starts() throws IOException {
        return Files.readAllLines(folder.resolve("starts"));
    }

    private List<Path> made() throws IOException {
        try (Stream<Path> files = Files.list(classData)) {
            return files.filter(file -> !file.toString().endsWith(".making")).toList();
        }
    }

    private void processors(String count) throws IOException {
        script(folder.resolve("few/getconf"), "#!/bin/sh\necho " + count + "\n");
        options.put("PATH", folder.resolve("few") + ":" + System.getenv("PATH"));
    }

    private void release(String version) throws IOException {
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
