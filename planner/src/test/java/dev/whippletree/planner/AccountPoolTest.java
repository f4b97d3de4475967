package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.model.Credit;
import dev.whippletree.planner.AccountGroup.Organization;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountPoolTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            huggingface:2x1000/h                           | 2 | huggingface (1000 requests / 1h)
            huggingface : 2 × 1000 requests / 1h           | 2 | huggingface (1000 requests / 1h)
            huggingface:2X1000/h                           | 2 | huggingface (1000 requests / 1h)
            openai:5/s                                     | 1 | openai (5 requests / 1s)
            groq:1x30/min+1000/d+8000tok/min+200000tok/d   | 1 | groq (30 requests / 1m + 1000 requests / 1d + 8000 tokens / 1m + 200000 tokens / 1d)
            huggingface:3x1000/h+0.10usd/month             | 3 | huggingface (1000 requests / 1h)
            """)
    void accountsAsPeopleWriteThem_areRead(String text, int count, String label) {
        AccountPool pool = AccountPool.parse(text);

        assertThat(pool.groups()).hasSize(1);
        assertThat(pool.count()).isEqualTo(count);
        assertThat(pool.groups().get(0).label()).isEqualTo(label);
    }

    @Test
    void creditAmongTheLimits_isToldFromThem() {
        AccountGroup group = AccountPool.parse("groq:1x30/min+0.10 usd / month+8000tok/min")
                .groups()
                .get(0);

        assertThat(group.credit()).contains(Credit.parse("0.10 usd / month"));
        assertThat(group.limits()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                             | there are no accounts
            ,                              | it has to start with a service and a colon
            huggingface                    | it has to start with a service and a colon
            2x1000/h                       | it has to start with a service and a colon
            huggingface:2x1000/h,          | it has to start with a service and a colon
            huggingface:0x1000/h           | 1 to 2000 accounts of a kind, not 0
            huggingface:-1x1000/h          | 1 to 2000 accounts of a kind, not -1
            huggingface:2001x1000/h        | 1 to 2000 accounts of a kind, not 2001
            huggingface:2x0/h              | a limit of 0 allows nothing
            groq:1x30/min+0 tokens / 1d    | a limit of 0 allows nothing
            huggingface:2x-5/h             | -5/h' is not a limit
            huggingface:2x                 | is not a limit
            huggingface:2x1000/fortnight   | 1000/fortnight' is not a limit
            huggingface:2x1000/h++5/s      | is not a limit
            """)
    void whatCantBeRead_saysWhereAndWhat(String text, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountPool.parse(text))
                .withMessageContaining(problem)
                .withMessageContaining("write, for example, ");
    }

    @ParameterizedTest
    @CsvSource({
        "groq:3, 3, ''",
        "groq:3x30rpm, 3, 30 requests / 1m",
        "groq:1000RPD+8000 tpm, 1, 1000 requests / 1d;8000 tokens / 1m",
        "huggingface:2x0.10usd/month, 2, ''"
    })
    void accounts_mayHaveNoLimits_orLimitsAsServicesWriteThem(String text, int count, String limits) {
        AccountGroup group = AccountPool.parse(text).groups().get(0);

        assertThat(group.count()).isEqualTo(count);
        assertThat(group.limits().stream()
                        .map(declared -> declared.limit().toString())
                        .collect(Collectors.joining(";")))
                .isEqualTo(limits);
    }

    @Test
    void moreAndFewerAccounts_keepThoseThatAreThere() {
        AccountPool pool = AccountPool.parse("huggingface:2x1000/h");

        assertThat(ids(pool.withCount(0, 1))).containsExactly("huggingface-1");
        assertThat(ids(pool.withCount(0, 3)))
                .startsWith("huggingface-1", "huggingface-2")
                .hasSize(3)
                .doesNotHaveDuplicates();
    }

    @Test
    void accountsAddedAgain_getNamesOfTheirOwn() {
        AccountPool pool = AccountPool.parse("huggingface:1x1000/h");

        assertThat(ids(pool.withCount(0, 3).withCount(0, 5))).hasSize(5).doesNotHaveDuplicates();
    }

    private static List<String> ids(AccountPool pool) {
        return pool.groups().stream()
                .flatMap(group -> group.organizations().stream())
                .map(Organization::id)
                .toList();
    }

    private static AccountSettings account(String id, String provider, String organization, String... limits) {
        AccountSettings.Builder account = AccountSettings.builder(id, provider).organization(organization);
        List.of(limits).forEach(account::limit);
        return account.build();
    }

    @Test
    void accountWithoutLimits_isNoted() {
        RouteSettings route = RouteSettings.of("r", List.of(new Tier(List.of(new TargetSettings("o-1", "m")))));
        AccountPool pool = AccountPool.of(new Configuration(
                List.of(account("o-1", "openai", "mute")),
                List.of(route),
                List.of(),
                EngineSettings.DEFAULT,
                List.of()));
        assertThat(pool.notes())
                .containsExactly("Account openai/mute declares no limits; the plan assumes that it has none.");
    }

    @ParameterizedTest
    @CsvSource({"'', false", "ehcache, true", "ehcache redis, true"})
    void cacheOfTheConfiguration_isThatOfThePlan(String names, boolean cached) {
        RouteSettings route = RouteSettings.of("r", List.of(new Tier(List.of(new TargetSettings("o-1", "m")))));
        List<CacheTierSettings> caches = Stream.of(names.split(" "))
                .filter(name -> !name.isEmpty())
                .map(name -> new CacheTierSettings(name, Settings.none("cache")))
                .toList();
        AccountPool pool = AccountPool.of(new Configuration(
                List.of(account("o-1", "openai", "mute", "9/h")),
                List.of(route),
                caches,
                EngineSettings.DEFAULT,
                List.of()));
        assertThat(pool.cached()).isEqualTo(cached);
    }

    @Test
    void batchPrompts_leaveToOthersWhatTheirRouteSays_andOthersNothing() {
        RouteSettings route = RouteSettings.builder("r")
                .tier(new TargetSettings("o-1", "m"))
                .leave(0.5)
                .build();
        Configuration configuration = new Configuration(
                List.of(account("o-1", "openai", "mute", "9/h")),
                List.of(route),
                List.of(),
                EngineSettings.DEFAULT,
                List.of());

        assertThat(AccountPool.ofBatch(configuration, route).route().leave()).isEqualTo(0.5);
        assertThat(AccountPool.ofBatch(configuration, route).notes()).isEmpty();
        assertThat(AccountPool.of(configuration).route().leave()).isZero();
        assertThat(AccountPool.of(configuration).notes())
                .singleElement()
                .asString()
                .endsWith("for batch prompts, add --leave 50%.");
    }

    /** As in the engine, also of accounts that aren't on the route. */
    @Test
    void limitsOfAnOrganization_areThoseOfAllItsAccounts() {
        RouteSettings route = RouteSettings.of("r", List.of(new Tier(List.of(new TargetSettings("g-2", "m")))));
        AccountPool pool = AccountPool.of(new Configuration(
                List.of(account("g-1", "groq", "acme", "30 / 1m"), account("g-2", "groq", "acme")),
                List.of(route),
                List.of(),
                EngineSettings.DEFAULT,
                List.of()));

        assertThat(pool.groups())
                .singleElement()
                .extracting(AccountGroup::label)
                .isEqualTo("groq (30 requests / 1m)");
        assertThat(pool.notes()).containsExactly("Account g-1 is ignored: route r sends it none of these prompts.");
    }

    @Test
    void organizationsOfSeveralAccounts_getMoreWithNamesThatNobodyHas() {
        List<AccountSettings> accounts = List.of(
                account("g-1", "groq", "acme", "30 / 1m"), account("new-1-groq-1-2", "groq", "acme", "30 / 1m"));
        RouteSettings route = RouteSettings.of(
                "r",
                List.of(new Tier(List.of(new TargetSettings("g-1", "m"), new TargetSettings("new-1-groq-1-2", "m")))));
        AccountPool pool = AccountPool.of(
                new Configuration(accounts, List.of(route), List.of(), EngineSettings.DEFAULT, List.of()));

        assertThat(pool.withCount(0, 2).groups().get(0).organizations().get(1))
                .isEqualTo(new Organization("new-1-groq-2", List.of("new-1-groq-2-1", "new-1-groq-2-2")));
    }
}
