package dev.whippletree.tests.published;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** The API is closed: its signatures name nothing that docs/compatibility.md doesn't count as API. */
@Tag("slow")
@AnalyzeClasses(packages = "dev.whippletree", importOptions = DoNotIncludeTests.class)
final class ApiTest {

    private static final Set<String> PACKAGES = Set.of(
            "dev.whippletree",
            "dev.whippletree.batch",
            "dev.whippletree.batch.file",
            "dev.whippletree.config",
            "dev.whippletree.gateway",
            "dev.whippletree.guice",
            "dev.whippletree.kotlin",
            "dev.whippletree.langchain4j",
            "dev.whippletree.metrics",
            "dev.whippletree.model",
            "dev.whippletree.settings",
            "dev.whippletree.spi",
            "dev.whippletree.time");

    /** The types that are API though their packages aren't, as the page lists them. */
    private static final Set<String> BESIDES =
            Set.of("dev.whippletree.plugin.FoundPlugin", "dev.whippletree.plugin.PluginCatalog");

    private static final List<String> OTHERS = List.of(
            "java.",
            "org.slf4j.",
            "org.jspecify.",
            "com.google.inject.",
            "dev.langchain4j.",
            "io.micrometer.",
            "io.opentelemetry.",
            "kotlin.",
            "kotlinx.coroutines.");

    /** What the API of the testkit names besides, as the page says. */
    private static final List<String> OTHERS_OF_TESTS = List.of(
            "dev.whippletree.testkit.",
            "dev.whippletree.emulator.model.ServiceKind",
            "dev.whippletree.emulator.model.ServiceSettings",
            "dev.whippletree.emulator.model.ServiceStats",
            "org.junit.",
            "org.assertj.");

    @ArchTest
    static final ArchRule apiNamesOnlyApi = members()
            .that(new DescribedPredicate<>("are API") {
                @Override
                public boolean test(JavaMember member) {
                    return visible(member);
                }
            })
            .should(new ArchCondition<>("name only API") {
                @Override
                public void check(JavaMember member, ConditionEvents events) {
                    named(member)
                            .filter(type -> !known(type) && !(ofTests(member.getOwner()) && knownToTests(type)))
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    member, member.getFullName() + " names " + type.getName())));
                }
            })
            .because("who uses the API must not come to depend on what may change");

    private static boolean visible(JavaMember member) {
        JavaClass owner = member.getOwner();
        return (PACKAGES.contains(owner.getPackageName()) || BESIDES.contains(outermost(owner)) || ofTests(owner))
                && owner.getModifiers().contains(JavaModifier.PUBLIC)
                && (member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED))
                && !member.getModifiers().contains(JavaModifier.SYNTHETIC);
    }

    private static Stream<JavaClass> named(JavaMember member) {
        Set<JavaClass> types = member instanceof JavaCodeUnit unit
                ? Stream.concat(
                                unit.getReturnType().getAllInvolvedRawTypes().stream(),
                                unit.getParameterTypes().stream()
                                        .flatMap(type -> type.getAllInvolvedRawTypes().stream()))
                        .collect(Collectors.toSet())
                : member.getAllInvolvedRawTypes();
        return types.stream().map(JavaClass::getBaseComponentType);
    }

    private static boolean known(JavaClass type) {
        return type.isPrimitive()
                || PACKAGES.contains(type.getPackageName())
                || BESIDES.contains(outermost(type))
                || OTHERS.stream().anyMatch(type.getName()::startsWith);
    }

    private static boolean ofTests(JavaClass owner) {
        return owner.getPackageName().startsWith("dev.whippletree.testkit");
    }

    private static boolean knownToTests(JavaClass type) {
        return OTHERS_OF_TESTS.stream().anyMatch(type.getName()::startsWith);
    }

    private static String outermost(JavaClass type) {
        return type.getName().replaceFirst("\\$.*", "");
    }
}
