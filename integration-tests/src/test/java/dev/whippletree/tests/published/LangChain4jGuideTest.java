package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.testkit.emulator.EmulatedServices;
import dev.whippletree.tests.Javac;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/langchain4j.md leads to an answer: its own blocks are built outside this build, and run against an emulated
 * service.
 */
@Tag("slow")
final class LangChain4jGuideTest {

    private static final GuidePage PAGE = GuidePage.of("langchain4j.md");
    private static final Path TEMPLATE = Path.of("distributions/smallest/pom.xml");
    private static final Path MIGRATED = Path.of("migrations/langchain4j-open-ai");
    private static final Path OF_CLIENT = Path.of("clients/langchain4j/target/class-path.txt");
    private static final String KEY = "sk-guide";

    /** What the page's short examples take for granted. */
    private static final String AROUND = """
            import dev.langchain4j.data.message.*;
            import dev.langchain4j.model.chat.*;
            import dev.langchain4j.model.chat.request.*;
            import dev.langchain4j.model.chat.response.*;
            import dev.whippletree.*;
            import dev.whippletree.langchain4j.*;
            import dev.whippletree.model.*;
            import dev.langchain4j.model.embedding.EmbeddingModel;
            import java.time.Duration;
            import java.util.Map;

            abstract class Snippets {
                Whippletree whippletree;
                ChatModel model;
            """;

    private static final String DEPENDENCIES = """
            -      <groupId>dev.langchain4j</groupId>
            -      <artifactId>langchain4j-open-ai</artifactId>
            -      <version>1.19.0</version>
            +      <groupId>dev.whippletree</groupId>
            +      <artifactId>whippletree-langchain4j</artifactId>
            +      <version>%1$s</version>
            +    </dependency>
            +    <dependency>
            +      <groupId>dev.whippletree</groupId>
            +      <artifactId>whippletree-provider-openai</artifactId>
            +      <version>%1$s</version>
            """;

    private static final List<String> CODE = List.of("""
            -import dev.langchain4j.model.openai.OpenAiChatModel;
            +import dev.whippletree.Whippletree;
            +import dev.whippletree.langchain4j.WhippletreeChatModel;
            """, """
            -        ChatModel model = OpenAiChatModel.builder()
            -                .baseUrl(System.getenv("LLM_URL"))
            -                .apiKey(System.getenv("LLM_KEY"))
            +        Whippletree whippletree = Whippletree.open();
            +        ChatModel model = WhippletreeChatModel.builder()
            +                .whippletree(whippletree)
            """, """
                     System.out.println(answer.aiMessage().text());
            +        whippletree.close();
            """);

    @TempDir
    private Path folder;

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(
            ServiceSettings.builder(ServiceKind.GROQ)
                    .account("account-1", KEY)
                    .models("openai/gpt-oss-20b")
                    .build(),
            ServiceSettings.builder(ServiceKind.OPENAI)
                    .account("account-1", KEY)
                    .models("gpt-4o-mini")
                    .build());

    @Test
    @Tag("thorough")
    void page_leadsFromNothingToAnAnswer() throws IOException, InterruptedException {
        Path project = Files.createDirectories(folder.resolve("langchain4j-guide"));
        String dependencies = PAGE.blocks("xml").get(0);
        Files.writeString(
                project.resolve("pom.xml"),
                Files.readString(TEMPLATE)
                        .replaceFirst(
                                "(?s)(</dependencyManagement>\\s*)<dependencies>.*?</dependencies>",
                                "$1" + Matcher.quoteReplacement(dependencies)));
        Path sources = Files.createDirectories(project.resolve("src/main/java"));
        Files.writeString(sources.resolve("Ask.java"), PAGE.blocks("java").get(0));
        Path target = OutsideBuild.packaged(project).resolve("target");

        ProcessRun run = run(
                target.resolve("smallest.jar") + File.pathSeparator + target.resolve("lib") + File.separator + "*",
                Map.of("GROQ_API_KEY", KEY, "GROQ_BASE_URL", services.baseUrl(ServiceKind.GROQ)),
                "Ask");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isNotBlank();
        assertThat(services.stats(ServiceKind.GROQ).calls()).isEqualTo(1);
    }

    @Test
    @Tag("thorough")
    void migratedApplication_answersAsBefore() throws IOException, InterruptedException {
        Path before = Files.createDirectories(folder.resolve("before"));
        assertThat(Javac.compile(List.of(MIGRATED.resolve("src/main/java/outside/Interview.java")), ofClient(), before))
                .isEmpty();
        Map<String, String> environment = Map.of("LLM_URL", services.baseUrl(ServiceKind.OPENAI), "LLM_KEY", KEY);
        ProcessRun answered = run(
                before + File.pathSeparator + Files.readString(OF_CLIENT).strip(), environment, "outside.Interview");
        assertThat(answered.exitCode()).as(answered.err()).isZero();
        assertThat(services.stats(ServiceKind.OPENAI).calls()).isEqualTo(1);

        Path target = OutsideBuild.packaged(migrated()).resolve("target");
        Files.writeString(
                folder.resolve("whippletree.yaml"), PAGE.blocks("yaml").get(0));
        ProcessRun migrated = run(
                target.resolve("interview.jar") + File.pathSeparator + target.resolve("lib") + File.separator + "*",
                environment,
                "outside.Interview");
        assertThat(migrated.exitCode()).as(migrated.err()).isZero();
        assertThat(migrated.out()).isEqualTo(answered.out()).isNotBlank();
        assertThat(services.stats(ServiceKind.OPENAI).calls()).isEqualTo(2);
        try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString())).noneMatch(jar -> jar.contains("open-ai"));
        }
    }

    @Test
    void shortExamples_compile() throws IOException {
        StringBuilder source = new StringBuilder(AROUND);
        List<String> examples =
                PAGE.blocks("java").subList(1, PAGE.blocks("java").size());
        assertThat(examples).hasSize(2);
        examples.forEach(example -> source.append("{\n").append(example).append("}\n"));
        Path file = Files.writeString(folder.resolve("Snippets.java"), source.append("}\n"));
        assertThat(Javac.compile(List.of(file), classPath(System.getProperty("java.class.path")), folder))
                .isEmpty();
    }

    /** The application with the changes that the page describes: what they take away has to be there, once. */
    private Path migrated() throws IOException {
        Path copy = folder.resolve("migrated");
        Folders.copy(MIGRATED, copy);
        GuidePage.change(copy.resolve("pom.xml"), DEPENDENCIES.formatted(System.getProperty("whippletree.version")));
        for (String change : CODE) {
            GuidePage.change(copy.resolve("src/main/java/outside/Interview.java"), change);
        }
        return copy;
    }

    private ProcessRun run(String classPath, Map<String, String> environment, String main)
            throws IOException, InterruptedException {
        return ProcessRun.java(classPath, folder, environment, main, "What is a whippletree?");
    }

    private static List<Path> ofClient() throws IOException {
        return classPath(Files.readString(OF_CLIENT).strip());
    }

    private static List<Path> classPath(String entries) {
        return Stream.of(entries.split(File.pathSeparator)).map(Path::of).toList();
    }
}
