package dev.whippletree;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import dev.whippletree.walls.AmbientCalls;
import dev.whippletree.walls.PackageSizes;
import java.util.Map;

/** The walls inside core: what each package may know. */
@AnalyzeClasses(packages = "dev.whippletree", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final String DOOR = "door";
    private static final String TIME = "dev.whippletree.time..";

    /** How many classes a package of the engine may have. */
    private static final long MOST_CLASSES = 30;

    @ArchTest
    static final ArchRule importsRunOneWay = layers(
                    "dev.whippletree",
                    Map.ofEntries(
                            entry("guice", "door spi"),
                            entry(
                                    DOOR,
                                    "plugin status config embedding engine settings state limits strategy chat spi"
                                            + " model time"),
                            entry("plugin", "config embedding engine settings state strategy spi model time"),
                            entry("embedding", "engine spi model time"),
                            entry("status", "config spi model"),
                            entry("config", "settings spi model time"),
                            entry("engine", "settings state limits strategy spi model time"),
                            entry("settings", "spi"),
                            entry("state", "model time"),
                            entry("limits", "spi model time"),
                            entry("strategy", "spi model"),
                            entry("chat", "model"),
                            entry("spi", "model"),
                            entry("model", ""),
                            entry("time", "")))
            .ensureAllClassesAreContainedInArchitecture()
            .because("imports run one way: whoever reads a package need only know those below it");

    /**
     * Returns the rule of which packages each may use.
     *
     * @param uses by package the others below the root that it may use; the door is the root itself
     */
    private static LayeredArchitecture layers(String root, Map<String, String> uses) {
        LayeredArchitecture layers = layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(root + "..")
                .withOptionalLayers(true);
        for (String name : uses.keySet()) {
            layers = layers.layer(name).definedBy(name.equals(DOOR) ? root : root + "." + name + "..");
        }
        for (Map.Entry<String, String> use : uses.entrySet()) {
            layers = use.getValue().isEmpty()
                    ? layers.whereLayer(use.getKey()).mayNotAccessAnyLayer()
                    : layers.whereLayer(use.getKey())
                            .mayOnlyAccessLayers(use.getValue().split(" "));
        }
        return layers;
    }

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.whippletree.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule engineHasRooms = layers(
                    "dev.whippletree.engine",
                    Map.of(
                            DOOR,
                            "saving cache pool scope answer flight line run",
                            "saving",
                            "pool scope run",
                            "cache",
                            "pool run",
                            "pool",
                            "scope run",
                            "scope",
                            "run",
                            "answer",
                            "",
                            "flight",
                            "line pool scope answer run",
                            "line",
                            "",
                            "run",
                            ""))
            .because("who reads a room need only know the rooms below it");

    /** Classes that know each other have to be understood together. */
    @ArchTest
    static void noMoreThanFiveClassesOfTheEngineFormACircle(JavaClasses classes) {
        assertThat(Circles.among(classes.that(resideInAPackage("dev.whippletree.engine.."))))
                .allSatisfy(circle -> assertThat(circle).hasSizeLessThanOrEqualTo(5));
    }

    /** Who looks for a class reads the names of all its neighbours. */
    @ArchTest
    static void packagesOfTheEngineAreSmall(JavaClasses classes) {
        assertThat(PackageSizes.of(
                        classes.that(resideInAnyPackage("dev.whippletree.engine..", "dev.whippletree.limits.."))))
                .hasSizeGreaterThan(1)
                .allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(MOST_CLASSES));
    }

    @ArchTest
    static final ArchRule onlyTimeReadsClocks = noClasses()
            .that()
            .resideOutsideOfPackage(TIME)
            .should()
            .accessTargetWhere(AmbientCalls.readClocks())
            .because("time is handed in as a Timeline, so that everything also runs in virtual time");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .should()
            .accessTargetWhere(AmbientCalls.sleep())
            .because("waiting is a timer on the Timeline and costs no thread");

    @ArchTest
    static final ArchRule onlyTimeMakesThreads = noClasses()
            .that()
            .resideOutsideOfPackage(TIME)
            .should()
            .accessTargetWhere(AmbientCalls.makeThreads())
            .because("whoever embeds Whippletree decides which threads it uses");

    @ArchTest
    static final ArchRule onlyTimeDrawsLots = noClasses()
            .that()
            .resideOutsideOfPackage(TIME)
            .should()
            .accessTargetWhere(AmbientCalls.drawLots().or(AmbientCalls.drawLotsFromSeeds()))
            .because("a run must be repeatable from its seed");

    @ArchTest
    static final ArchRule coreKnowsNoProtocolAndNoPlugin = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("okhttp3..", "okio..", "dev.whippletree.provider..", "dev.whippletree.cache..")
            .because("core must compile with every plugin module deleted");

    @ArchTest
    static final ArchRule onlyPluginWires = noClasses()
            .that()
            .resideOutsideOfPackages("dev.whippletree.plugin..", "dev.whippletree.guice..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.inject..")
            .because(
                    "classes are usable without an injector; one package wires them, one is for hosts that have their own");

    @ArchTest
    static final ArchRule spiUsesNoLibrary = classes()
            .that()
            .resideInAPackage("dev.whippletree.spi..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "org.slf4j..", "org.jspecify..", "dev.whippletree.spi..", "dev.whippletree.model..")
            .because("no upgrade of a library used here may break a plugin");

    @ArchTest
    static final ArchRule strategiesUseWhatAStrangersWouldHave = classes()
            .that()
            .resideInAPackage("dev.whippletree.strategy..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "dev.whippletree.strategy..",
                    "dev.whippletree.spi..",
                    "dev.whippletree.model..")
            .because("the SPI is enough to write each of them outside core");

    @ArchTest
    static final ArchRule modelUsesNoLibrary = classes()
            .that()
            .resideInAPackage("dev.whippletree.model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "dev.whippletree.model..")
            .because("no upgrade of a library used here may break a plugin");

    private ArchitectureTest() {}
}
