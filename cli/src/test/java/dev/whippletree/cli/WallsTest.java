package dev.whippletree.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.random.RandomGenerator;

@AnalyzeClasses(packages = "dev.whippletree.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

    @ArchTest
    static final ArchRule onlyOnePackage_usesTheEmulatorOrThePlanner = noClasses()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli.emulated..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree.emulator..", "dev.whippletree.planner..");

    @ArchTest
    static final ArchRule onlyOnePackage_usesTheGateway = noClasses()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli.served..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.whippletree.gateway..");

    @ArchTest
    static final ArchRule noPlugin_isNamed = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree.provider..", "dev.whippletree.cache..");

    /** The start of every other command would pay for it. */
    @ArchTest
    static final ArchRule onlyTheChat_usesTheLineEditor = noClasses()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli.chat..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jline..");

    @ArchTest
    static final ArchRule numbersAndWords_dependOnNothingThatRuns = noClasses()
            .that()
            .resideInAPackage("dev.whippletree.cli.board..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree", "dev.whippletree.engine..", "dev.whippletree.time..", "picocli..");

    @ArchTest
    static final ArchRule clocksAndChance_areHandedIn = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(RandomGenerator.class, "getDefault");
}
