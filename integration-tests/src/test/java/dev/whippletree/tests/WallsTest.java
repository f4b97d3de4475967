package dev.whippletree.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.walls.AmbientCalls;
import dev.whippletree.walls.PackageSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The walls between the modules: who may know whom, and who may touch the machine. Core's inner walls are tested in
 * core.
 */
@AnalyzeClasses(
        packages = "dev.whippletree",
        importOptions = {DoNotIncludeTests.class, WallsTest.OnlyTheProduct.class})
final class WallsTest {

    /** The comparison and the release are programs for real time, sockets and processes, beside the product. */
    static final class OnlyTheProduct implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("dev/whippletree/comparison/") && !location.contains("dev/whippletree/release/");
        }
    }

    private static final String OURS = "dev.whippletree";

    /**
     * Packages, what of ours each may know besides itself, and what of others besides Java: everything, if it is a
     * star. The bare {@code library} is the package that users begin with. Whatever isn't listed here is core's.
     */
    private static final String WALLS = """
            provider.openai..      | model spi                                                          | *
            provider.groq..        | model spi provider.openai..                                        | *
            provider.huggingface.. | model spi provider.openai..                                        | *
            cache.ehcache..        | model spi                                                          | *
            cache.redis..          | model spi                                                          | *
            cache.redis.limits..   | model spi cache.redis.contact.. cache.redis.link..                 | *
            cache.redis.notices..  | model spi cache.redis.contact.. cache.redis.link..                 | *
            cache.redis.contact..  | model spi cache.redis.link..                                       | *
            cache.redis.link..     | model spi                                                          | *
            cache.similar..        | model spi                                                          | *
            embedder..             | cache.similar                                                      | ai.onnxruntime.. tools.jackson..
            metrics..              | model spi                                                          | io.micrometer.. io.opentelemetry..
            langchain4j..          | library batch config model settings                                | org.slf4j.. dev.langchain4j..
            kotlin..               | library model settings spi                                         | kotlin.. kotlinx.coroutines.. org.jetbrains.annotations..
            test..                 | library model spi time                                             |
            emulator..             | engine.. model settings spi strategy time                          | *
            terminal..             | library chat config model plugin settings spi state status time    | *
            stress..               | library config emulator.. model settings spi terminal.. time       | *
            planner..              | library config emulator.. model settings spi stress.. terminal.. time | *
            batch..                | library chat config model settings spi state status time           | *
            gateway..              | library batch.. chat config limits metrics.. model settings spi state status time | *
            testkit..              | batch.. emulator.. library model settings spi time                 | *
            cli..                  | library batch.. config emulator.. gateway.. model planner.. plugin settings spi state status stress.. terminal.. time | *
            """;

    private WallsTest() {}

    private static String ours(String name) {
        return name.equals("library") ? OURS : OURS + "." + name;
    }

    /** Providers share the protocol alone, caches and distributions know no plugin, and core knows nobody. */
    @ArchTest
    static void modules_knowWhatTheyMay_andCoreKnowsNone(JavaClasses all) {
        List<String> listed = new ArrayList<>();
        WALLS.lines().forEach(line -> {
            String[] cells = line.split("\\|", -1);
            String who = ours(cells[0].strip());
            listed.add(who);
            Stream<String> known = Stream.concat(
                    Stream.of(who, "java..", "org.jspecify.."),
                    Stream.of(cells[1].strip().split(" +")).map(WallsTest::ours));
            String others = cells[2].strip();
            DescribedPredicate<JavaClass> may = others.equals("*")
                    ? resideInAnyPackage(known.toArray(String[]::new)).or(resideOutsideOfPackage(OURS + ".."))
                    : resideInAnyPackage(
                            Stream.concat(known, Stream.of(others.split(" +"))).toArray(String[]::new));
            classes()
                    .that()
                    .resideInAPackage(who)
                    .should()
                    .onlyDependOnClassesThat(may)
                    .check(all);
        });
        String[] modules = listed.toArray(String[]::new);
        noClasses()
                .that()
                .resideOutsideOfPackages(modules)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(modules)
                .check(all);
    }

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.whippletree.(**)").should().beFreeOfCycles();

    /** Those of the engine are smaller still, which core tests. */
    @ArchTest
    static void noPackageHasMoreThan45Classes_norOneOfRedisMoreThan30(JavaClasses classes) {
        assertThat(PackageSizes.of(classes))
                .containsKey("dev.whippletree.gateway.http")
                .allSatisfy((name, size) -> assertThat(size)
                        .as(name)
                        .isLessThanOrEqualTo(name.startsWith("dev.whippletree.cache.redis") ? 30 : 45));
    }

    @ArchTest
    static final ArchRule outsideCore_ofTheEngineOnlyItsDoorIsUsed = noClasses()
            .that()
            .resideInAPackage("dev.whippletree.emulator..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.whippletree.engine..").and(not(belongToAnyOf(Engine.class, Topology.class))))
            .because("the engine's rooms are public only for each other");

    @ArchTest
    static final ArchRule emulatorsModelsShareNoCountingWithCore = noClasses()
            .that()
            .resideInAPackage("dev.whippletree.emulator..")
            .and()
            .resideOutsideOfPackage("dev.whippletree.emulator.simulation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree.limits..", "dev.whippletree.engine..", "dev.whippletree")
            .because("what checks a thing must not share its code");

    @ArchTest
    static final ArchRule boards_dependOnNothingThatRuns = noClasses()
            .that()
            .resideInAPackage("dev.whippletree.terminal.board..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree", "dev.whippletree.engine..", "dev.whippletree.time..")
            .because("they turn values into lines");

    @ArchTest
    static final ArchRule onlyTheCommandChoosesALogger = classes()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("ch.qos.logback..")
            .because("libraries log to SLF4J; the program decides where that goes");

    @ArchTest
    static final ArchRule nobodyReadsClocks = noClasses()
            .that()
            .resideOutsideOfPackages("dev.whippletree.time..", "dev.whippletree.testkit..")
            .should()
            .accessTargetWhere(AmbientCalls.readClocks())
            .because("time is handed in, so that everything also runs in virtual time");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .that()
            .resideOutsideOfPackages("dev.whippletree.testkit..", "dev.whippletree.test..")
            .should()
            .accessTargetWhere(AmbientCalls.sleep())
            .because("waiting is a timer and costs no thread");

    @ArchTest
    static final ArchRule nobodyMakesThreads = noClasses()
            .that()
            .resideOutsideOfPackages("dev.whippletree.time..", "dev.whippletree.testkit..", "dev.whippletree.test..")
            .should()
            .accessTargetWhere(AmbientCalls.makeThreads())
            .because("threads are handed in; those of libraries are the libraries' own");

    @ArchTest
    static final ArchRule nobodyDrawsLots = noClasses()
            .that()
            .resideOutsideOfPackages("dev.whippletree.time..", "dev.whippletree.testkit..")
            .should()
            .accessTargetWhere(AmbientCalls.drawLots())
            .because("a run must be repeatable from its seed");
}
