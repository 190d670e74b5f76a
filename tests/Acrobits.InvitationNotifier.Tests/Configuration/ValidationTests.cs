using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class ValidationTests
{
    [Theory]
    [InlineData("AttemptTimeout", "00:00:00")]
    [InlineData("AttemptTimeout", "00:00:00.0099999")]
    [InlineData("AttemptTimeout", "-00:00:01")]
    [InlineData("AttemptTimeout", "1.00:00:00.0000001")]
    [InlineData("AttemptTimeout", "30")]
    [InlineData("AttemptTimeout", "24:00:00")]
    [InlineData("TotalTimeout", "00:00:00")]
    [InlineData("TotalTimeout", "2.00:00:00")]
    [InlineData("Retry:MaxRetryAttempts", "-1")]
    [InlineData("Retry:Delay", "-00:00:01")]
    [InlineData("Retry:Delay", "1.00:00:01")]
    [InlineData("Retry:MaxDelay", "-00:00:01")]
    [InlineData("Retry:MaxDelay", "1.00:00:01")]
    [InlineData("CircuitBreaker:FailureRatio", "0")]
    [InlineData("CircuitBreaker:FailureRatio", "1.01")]
    [InlineData("CircuitBreaker:FailureRatio", "-0.5")]
    [InlineData("CircuitBreaker:FailureRatio", "NaN")]
    [InlineData("CircuitBreaker:MinimumThroughput", "1")]
    [InlineData("CircuitBreaker:SamplingDuration", "00:00:00.4999")]
    [InlineData("CircuitBreaker:SamplingDuration", "1.00:00:01")]
    [InlineData("CircuitBreaker:BreakDuration", "00:00:00.4999")]
    [InlineData("CircuitBreaker:BreakDuration", "1.00:00:01")]
    [InlineData("MaxConcurrentRequests", "0")]
    [InlineData("MaxConcurrentRequests", "-1")]
    [InlineData("MaxQueuedRequests", "-1")]
    [InlineData("MaxRequestsPerSecond", "0")]
    [InlineData("MaxRequestsPerSecond", "-0.5")]
    [InlineData("MaxRequestsPerSecond", "100000.1")]
    [InlineData("MaxRequestsPerSecond", "NaN")]
    [InlineData("MaxRequestsPerSecond", "Infinity")]
    public void Validate_OutOfRange_NamesTheKeyAndTheRange(string key, string value)
    {
        var problem = Assert.Single(Settings.Problems(key, value));

        Assert.StartsWith($"{key}: ", problem, StringComparison.Ordinal);
        Assert.Contains("is out of range. Use ", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AttemptTimeout", "00:00:00.01")]
    [InlineData("AttemptTimeout", "1.00:00:00")]
    [InlineData("TotalTimeout", "00:00:00.01")]
    [InlineData("TotalTimeout", "1.00:00:00")]
    [InlineData("Retry:MaxRetryAttempts", "0")]
    [InlineData("Retry:MaxRetryAttempts", "2147483647")]
    [InlineData("Retry:Delay", "00:00:00")]
    [InlineData("Retry:Delay", "1.00:00:00")]
    [InlineData("Retry:MaxDelay", "00:00:00")]
    [InlineData("Retry:MaxDelay", "1.00:00:00")]
    [InlineData("CircuitBreaker:FailureRatio", "0.0001")]
    [InlineData("CircuitBreaker:FailureRatio", "1")]
    [InlineData("CircuitBreaker:MinimumThroughput", "2")]
    [InlineData("CircuitBreaker:MinimumThroughput", "2147483647")]
    [InlineData("CircuitBreaker:SamplingDuration", "00:00:00.5")]
    [InlineData("CircuitBreaker:SamplingDuration", "1.00:00:00")]
    [InlineData("CircuitBreaker:BreakDuration", "00:00:00.5")]
    [InlineData("CircuitBreaker:BreakDuration", "1.00:00:00")]
    [InlineData("MaxConcurrentRequests", "1")]
    [InlineData("MaxConcurrentRequests", "2147483647")]
    [InlineData("MaxQueuedRequests", "0")]
    [InlineData("MaxQueuedRequests", "2147483647")]
    [InlineData("MaxRequestsPerSecond", "1e-300")]
    [InlineData("MaxRequestsPerSecond", "0.5")]
    [InlineData("MaxRequestsPerSecond", "100000")]
    public async Task Validate_AtTheLimits_Delivers(string key, string value)
    {
        // What validation lets through, the strategies behind it have to accept too.
        using var notifier = new MockedNotifier(
            Settings.From((key, value), ("InvitationCreatedUrl", "https://example.com/")),
            services => services.AddSingleton<TimeProvider>(new FakeTimeProvider()));

        Assert.Equal(NotificationOutcome.Delivered, (await notifier.NotifyAsync()).Outcome);
    }

    [Theory]
    [InlineData("AttemptTimeout", "abc", "a time such as 00:00:10")]
    [InlineData("AttemptTimeout", "", "a time such as 00:00:10")]
    [InlineData("TotalTimeout", "10s", "a time such as 00:00:10")]
    [InlineData("Retry:MaxRetryAttempts", "three", "a whole number")]
    [InlineData("Retry:MaxRetryAttempts", "1.5", "a whole number")]
    [InlineData("Retry:Delay", "1 s", "a time such as 00:00:10")]
    [InlineData("Retry:MaxDelay", "x", "a time such as 00:00:10")]
    [InlineData("Retry:UseJitter", "yes", "true or false")]
    [InlineData("CircuitBreaker:FailureRatio", "50%", "a number such as 0.5")]
    [InlineData("CircuitBreaker:FailureRatio", "0,5", "a number such as 0.5")]
    [InlineData("CircuitBreaker:MinimumThroughput", "99999999999", "a whole number")]
    [InlineData("CircuitBreaker:SamplingDuration", "x", "a time such as 00:00:10")]
    [InlineData("CircuitBreaker:BreakDuration", "x", "a time such as 00:00:10")]
    [InlineData("MaxConcurrentRequests", "many", "a whole number")]
    [InlineData("MaxQueuedRequests", "0x10", "a whole number")]
    [InlineData("MaxRequestsPerSecond", "10/s", "a number such as 0.5")]
    [InlineData("MaxRequestsPerSecond", "0,5", "a number such as 0.5")]
    [InlineData("MaxRequestsPerSecond", "1,000", "a number such as 0.5")]
    [InlineData("ReuseConnections", "1", "true or false")]
    [InlineData("Retry", "3", "a group of keys")]
    [InlineData("CircuitBreaker", "off", "a group of keys")]
    [InlineData("Egress", "10.0.0.0/8", "a group of keys")]
    [InlineData("Egress:AllowedRanges", "10.0.0.0/8", "a list of ranges")]
    [InlineData("Headers", "X-Api-Key: 1", "a group of names and values")]
    [InlineData("Networks", "mynetwork", "a group of networks")]
    [InlineData("Networks:x", "https://example.com/", "a group of keys")]
    [InlineData("InvitationCreatedUrl:x", "https://example.com/", "a string", "InvitationCreatedUrl")]
    [InlineData("AttemptTimeout:Seconds", "10", "a time such as 00:00:10", "AttemptTimeout")]
    [InlineData("Headers:X-Key:0", "a", "a string", "Headers:X-Key")]
    public void Validate_ValueOfAnotherKind_SaysWhatToWrite(string key, string value, string expected, string? reported = null) =>
        Assert.Equal([$"{reported ?? key}: is not {expected}. Write {expected}."], Settings.Problems(key, value));

    [Theory]
    [InlineData("Url", "InvitationCreatedUrl")]
    [InlineData("invitation-created-url", "InvitationCreatedUrl")]
    [InlineData("InvitationCreatedURLs", "InvitationCreatedUrl")]
    [InlineData("InvitationCreatedPostdate", "InvitationCreatedPostData")]
    [InlineData("Header", "Headers")]
    [InlineData("Network", "Networks")]
    [InlineData("Atempttimeout", "AttemptTimeout")]
    [InlineData("Retry:Attempts", "MaxRetryAttempts")]
    [InlineData("CircuitBreaker:Ratio", "FailureRatio")]
    [InlineData("Egress:Allowed", "AllowedRanges")]
    [InlineData("Networks:x:Url", "InvitationCreatedUrl")]
    public void Validate_UnknownKey_NamesTheNearest(string key, string nearest) =>
        Assert.Equal([$"{key}: is not a key; did you mean {nearest}? Correct it."], Settings.Problems(key, "1"));

    [Theory]
    [InlineData("Retry:AttemptTimeout", "AttemptTimeout of the section itself")]
    [InlineData("CircuitBreaker:Delay", "Retry:Delay")]
    [InlineData("MaxRetryAttempts", "Retry:MaxRetryAttempts")]
    [InlineData("AllowedRanges:0", "Egress:AllowedRanges", "AllowedRanges")]
    [InlineData("Networks:x:UserAgent", "UserAgent of the section itself")]
    public void Validate_KeyInTheWrongGroup_NamesTheRightOne(string key, string right, string? reported = null) =>
        Assert.Equal([$"{reported ?? key}: is not a key here; did you mean {right}? Move it there."], Settings.Problems(key, "1"));

    [Theory]
    [InlineData("Typo")]
    [InlineData("Compiled")]
    [InlineData("Sections")]
    [InlineData("Networks:x:Description")]
    public void Validate_KeyLikeNoOther_SaysWhereTheKeysAreDocumented(string key)
    {
        var problem = Assert.Single(Settings.Problems(key, "1"));

        Assert.StartsWith($"{key}: is not a key. Remove it, or find the right one at https://", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("10")]
    [InlineData(" 10 ")]
    [InlineData("1.5")]
    [InlineData("-1")]
    [InlineData("0")]
    public void Validate_TimeWithoutColon_SaysHowToWriteASecond(string value)
    {
        foreach (var key in new[] { "AttemptTimeout", "TotalTimeout", "Retry:Delay", "Retry:MaxDelay", "CircuitBreaker:SamplingDuration", "CircuitBreaker:BreakDuration" })
        {
            var problem = Assert.Single(Settings.Problems(key, value));

            Assert.StartsWith($"{key}: ", problem, StringComparison.Ordinal);
            Assert.Contains("one second is 00:00:01", problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1d")]
    [InlineData("10s")]
    [InlineData("PT1S")]
    [InlineData("1:2")]
    [InlineData("00:10")]
    [InlineData("00:00:010")]
    [InlineData("00:00:1")]
    [InlineData("0:0:10")]
    [InlineData("00:00:10,5")]
    [InlineData("00:00:01.12345678")]
    [InlineData("00:00:10.")]
    [InlineData("1:00:00:10")]
    [InlineData("1 00:00:10")]
    [InlineData("\u0660\u0660:\u0660\u0660:\u0661\u0660")]
    public void Validate_TimeInAnotherForm_IsRefused(string value) =>
        Assert.Equal(["AttemptTimeout: is not a time such as 00:00:10. Write a time such as 00:00:10."], Settings.Problems("AttemptTimeout", value));

    [Theory]
    [InlineData("24:00:00")]
    [InlineData("00:60:00")]
    [InlineData("00:00:60")]
    [InlineData("99999999.00:00:00")]
    public void Validate_TimeWithAPartOutOfRange_IsRefused(string value) =>
        Assert.Contains("is out of range. Use", Assert.Single(Settings.Problems("Retry:Delay", value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("00:00:10", 10)]
    [InlineData(" 00:00:10 ", 10)]
    [InlineData("00:00:00.25", 0.25)]
    [InlineData("0.23:59:59.9999999", 86399.9999999)]
    [InlineData("1.00:00:00", 86400)]
    public void Read_Time_IsTakenAsWritten(string value, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Settings.Read(Settings.From(("AttemptTimeout", value))).AttemptTimeout);

    [Theory]
    [InlineData("MaxConcurrentRequests", "1e3")]
    [InlineData("MaxConcurrentRequests", "1_000")]
    [InlineData("MaxConcurrentRequests", "1,000")]
    [InlineData("MaxConcurrentRequests", "32.0")]
    [InlineData("CircuitBreaker:FailureRatio", "1,5")]
    [InlineData("CircuitBreaker:FailureRatio", ".5.")]
    [InlineData("ReuseConnections", "yes")]
    [InlineData("SendIdempotencyKey", "on")]
    public void Validate_NumberOrSwitchInAnotherForm_IsRefused(string key, string value) =>
        Assert.Contains(": is not ", Assert.Single(Settings.Problems(key, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "InvitationCreatedPostData": { "invitee": "%invitee%" } }""", "InvitationCreatedPostData")]
    [InlineData("""{ "InvitationCreatedPostData": [ "%invitee%" ] }""", "InvitationCreatedPostData")]
    [InlineData("""{ "Networks": { "x": { "InvitationCreatedPostData": { "a": { "b": "s3cr3t" } } } } }""", "Networks:x:InvitationCreatedPostData")]
    public void Validate_NestedJsonAsPostData_SaysHowToWriteIt(string json, string key)
    {
        var problem = Assert.Single(Settings.Problems(Settings.FromJson(json)));

        Assert.StartsWith($"{key}: is an object or an array, not a string. Write JSON as one string", problem, StringComparison.Ordinal);
        Assert.Contains("\"{ \\\"invitee\\\" : \\\"%invitee%\\\" }\"", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Networks": [ { "InvitationCreatedUrl": "https://example.com/" } ] }""", "Networks: is an array. Write an object with network ids as keys, for instance ")]
    [InlineData("""{ "Networks": [ "mynetwork", "other" ] }""", "Networks: is an array. Write an object with network ids as keys, for instance ")]
    [InlineData("""{ "Headers": [ "X-Api-Key: s3cr3t" ] }""", "Headers: is an array. Write an object with the names of headers as keys, for instance ")]
    [InlineData("""{ "Headers": [ { "Name": "X-Api-Key" } ] }""", "Headers: is an array. Write an object with the names of headers as keys, for instance ")]
    public void Validate_ArrayInsteadOfAnObject_SaysWhatToWrite(string json, string expected)
    {
        var problem = Assert.Single(Settings.Problems(Settings.FromJson(json)));

        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_PostDataWithoutUrlAndWrongCode_NamesTheSectionWhereItComesFromIt()
    {
        var services = new ServiceCollection();
        services.AddInvitationNotifier(Settings.From(("App:InvitationCreatedPostData", "a=1")).GetSection("App"));
        services.AddInvitationNotifier(options => options.MaxConcurrentRequests = 0);
        using var provider = services.BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value);

        Assert.Equal(
            ["App:InvitationCreatedUrl", "MaxConcurrentRequests"],
            exception.Failures.Select(failure => failure.Split(": ")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Validate_OneSectionOfMany_IsNamed()
    {
        var configuration = Settings.FromJson(
            """
            {
              "Apps": {
                "One": { "InvitationNotifier": { "InvitationCreatedUrl": "https://example.com/", "AttemptTimeout": "soon", "MaxQueuedRequests": -1 } },
                "Two": { "InvitationNotifier": { "InvitationCreatedUrl": "ftp://example.com/", "Networks": { "x": { "InvitationCreatedPostData": "a" } }, "Retry": { "Typo": 1 } } }
              }
            }
            """);
        var services = new ServiceCollection();
        services.AddInvitationNotifier(configuration.GetSection("Apps:One:InvitationNotifier"));
        services.AddInvitationNotifier(configuration.GetSection("Apps:Two:InvitationNotifier"));
        services.AddInvitationNotifier(options => options.MaxConcurrentRequests = 0);
        using var provider = services.BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value);

        Assert.Equal(
            [
                "Apps:One:InvitationNotifier:AttemptTimeout", "Apps:One:InvitationNotifier:MaxQueuedRequests",
                "Apps:Two:InvitationNotifier:InvitationCreatedUrl", "Apps:Two:InvitationNotifier:Networks:x:InvitationCreatedUrl",
                "Apps:Two:InvitationNotifier:Retry:Typo", "MaxConcurrentRequests",
            ],
            exception.Failures.Select(failure => failure.Split(": ")[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Server\r\nX-Evil: 1")]
    [InlineData("Sěrver")]
    public void Validate_UserAgentThatNoHeaderCarries_IsRefused(string value) =>
        Assert.StartsWith("UserAgent: is blank, or has characters", Assert.Single(Settings.Problems("UserAgent", value)), StringComparison.Ordinal);

    [Fact]
    public void Validate_SeveralProblems_AreListedAtOnceWithTheirNetworks()
    {
        var problems = Settings.Problems(Settings.FromJson(
            """
            {
              "InvitationCreatedUrl": "ftp://example.com/",
              "Typo": 1,
              "AttemptTimeout": "abc",
              "TotalTimeout": "00:00:00",
              "Headers": { "Host": "x", "X Y": "1" },
              "Egress": { "AllowedRanges": [ "10.0.0.0/8", "10.0.0.1/8" ] },
              "Networks": {
                "good": { "InvitationCreatedUrl": "https://example.com/" },
                "alpha": { "InvitationCreatedUrl": "https://%invitee%/", "InvitationCreatedContentType": "text/plain", "InvitationCreatedPostData": "x" },
                "beta": { "InvitationCreatedUrl": "https://example.com/", "InvitationCreatedContentType": "application/json", "InvitationCreatedPostData": "{" },
                "gamma": { "InvitationCreatedPostData": "a=1" }
              }
            }
            """));

        Assert.Equal(
            [
                "AttemptTimeout", "Egress:AllowedRanges:1", "Headers", "Headers:Host", "InvitationCreatedUrl",
                "Networks:alpha:InvitationCreatedContentType", "Networks:alpha:InvitationCreatedUrl",
                "Networks:beta:InvitationCreatedPostData", "Networks:gamma:InvitationCreatedUrl", "TotalTimeout", "Typo",
            ],
            problems.Select(problem => problem.Split(": ")[0]).Order(StringComparer.Ordinal));
        Assert.All(problems, problem => Assert.EndsWith(".", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_PostDataWithoutUrl_IsRefused() =>
        Assert.Contains(
            "InvitationCreatedPostData is set",
            Assert.Single(Settings.Problems("InvitationCreatedPostData", "a=1")),
            StringComparison.Ordinal);

    [Fact]
    public void Validate_HeadersWithoutUrl_AreCheckedAllTheSame() =>
        Assert.StartsWith("Headers:Host: ", Assert.Single(Settings.Problems("Headers:Host", "example.com")), StringComparison.Ordinal);

    [Fact]
    public void Validate_OptionsSetToNull_AreDefaultsOrReported()
    {
        var problems = Settings.Problems(options =>
        {
            options.Headers = null!;
            options.Networks = null!;
            options.Retry = null!;
            options.CircuitBreaker = null!;
            options.Egress = null!;
            options.UserAgent = null!;
        });

        Assert.StartsWith("UserAgent: ", Assert.Single(problems), StringComparison.Ordinal);
    }
}
