package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedactorTest {

    private static final Optional<String> TOKEN = Optional.of("the+very+token");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key the+very+token is wrong | key *** is wrong",
                "in organization `org_01abcdef` on | in organization `org_***` on",
                "for org-AbC123xyz on | for org_*** on",
                "Incorrect API key provided: sk-abcd****wxyz. | Incorrect API key provided: ***",
                "token hf_abcdefghij is bad | token *** is bad",
                "token gsk_abcdefghij is bad | token *** is bad",
                "sk_a.cd pk-abcd pk_abcd xai-abcd r8_abcd nvapi-abcd api_abcd | *** *** *** *** *** *** ***",
                "Authorization: Bearer abc.def | Authorization: ***",
                "jwt eyJhbGciOiJI.eyJzdWIi.c2ln here | jwt *** here",
                "id 0123456789abcdef0123456789abcdef! | id ***!"
            })
    void credentials_areReplaced(String message, String expected) {
        assertThat(Redactor.clean(message, TOKEN)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The model `meta-llama/llama-4-maverick-17b-128e-instruct` does not exist",
                "Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s.",
                "organization has been restricted, see https://console.groq.com/docs/rate-limits",
                "type response_format_json_schema_not_supported",
                "id 0123456789abcdef0123456789abcde, api_abc"
            })
    void ordinaryWords_stay(String message) {
        assertThat(Redactor.clean(message, TOKEN)).isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a+b/c=d.e",
                "A+B/C=D.E",
                "a%2Bb%2Fc%3Dd.e",
                "a%2bb/c%3dd.e",
                "%61%2B%62%2F%63%3D%64%2E%65",
                "a%252Bb%25252Fc=d.e",
                "a\\u002bb\\/c\\u003Dd.e",
                "a&#43;b&#x2F;c&#x003d;d.e",
                // Base64 of the token alone, behind "u:" and "me:", and with the alphabet of URLs.
                "YStiL2M9ZC5l",
                "dTphK2IvYz1kLmU=",
                "bWU6YStiL2M9ZC5l"
            })
    void echoOfTheToken_isHiddenHoweverItIsWritten(String echo) {
        String cleaned = Redactor.clean("%zz key <" + echo + "> is 100% wrong \\", Optional.of("a+b/c=d.e"));

        assertThat(cleaned).matches("%zz key <[A-Za-z0-9]{0,4}\\*\\*\\*> is 100% wrong \\\\");
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "check", "the key", "7"})
    void tokenOfFewerThanEightCharacters_leavesWordsWhole(String token) {
        String message = "the key 7 is wrong; check HF_TOKEN &amp; %6B";

        assertThat(Redactor.clean(message, Optional.of(token))).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abcdefgh | abcdefgh",
                "???>>>??? | Pz8_Pj4-Pz8_", // Base64 for URLs
                "???>>>??? | Pz8/Pj4+Pz8/",
                "00000000 | MDAwMDAwMDA="
            })
    void tokenOfEightCharactersOrMore_isHidden(String token, String echo) {
        assertThat(Redactor.clean("key " + echo + " is wrong", Optional.of(token)))
                .isEqualTo("key *** is wrong");
    }

    @Test
    void longTokenThatIsEchoed_isHidden() {
        String token = "t.".repeat(1_000);

        assertThat(Redactor.clean("key " + token.replace(".", "%2E") + " is wrong", Optional.of(token)))
                .isEqualTo("key *** is wrong");
    }

    @Test
    void message_isOneShortLine_withoutHalfACharacter() {
        assertThat(Redactor.clean(" a\r\n\tb\u0000c\u009b2Jb\u202ec\u2028e ", TOKEN))
                .isEqualTo("a b c 2Jb c e");
        assertThat(Redactor.clean("x".repeat(300), TOKEN)).isEqualTo("x".repeat(300));
        assertThat(Redactor.clean("x ".repeat(150) + "y", TOKEN)).isEqualTo("x ".repeat(149) + "x…");
        assertThat(Redactor.clean("👋".repeat(151), TOKEN)).isEqualTo("👋".repeat(149) + "…");
        assertThat(Redactor.clean("x" + "👋".repeat(150), TOKEN)).isEqualTo("x" + "👋".repeat(149) + "…");
    }

    @Test
    void code_isKeptOnlyIfItLooksLikeOne() {
        assertThat(Redactor.cleanCode(Optional.of("model_not_found"), TOKEN)).contains("model_not_found");
        assertThat(Redactor.cleanCode(Optional.of("messages[0].content"), TOKEN))
                .contains("messages[0].content");
        assertThat(Redactor.cleanCode(Optional.of("c".repeat(64)), TOKEN)).isPresent();
        assertThat(Redactor.cleanCode(Optional.of("c".repeat(65)), TOKEN)).isEmpty();
        assertThat(Redactor.cleanCode(Optional.of("two words"), TOKEN)).isEmpty();
        assertThat(Redactor.cleanCode(Optional.of("hf_abcdefghij"), TOKEN)).isEmpty();
        assertThat(Redactor.cleanCode(Optional.empty(), TOKEN)).isEmpty();
    }
}
