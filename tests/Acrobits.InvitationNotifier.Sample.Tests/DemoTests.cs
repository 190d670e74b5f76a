using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Sample.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task RunAsync_AllScenarios_EndAsExpected()
    {
        var (allAsExpected, lines) = await RunAsync(Scenario.All);

        Assert.True(allAsExpected);
        Assert.Equal(4, lines.Count(line => line == "Byte for byte as documented."));
    }

    [Fact]
    public async Task RunAsync_ProviderFails_IsNotShownAsDocumented()
    {
        var (_, lines) = await RunAsync(Scenario.All);

        Assert.Equal(["yes", "yes", "yes", "yes", "-", "-", "-"], lines
            .Where(line => line.Contains(" ms │ ", StringComparison.Ordinal))
            .Select(line => line.Split('│')[^2].Trim()));
    }

    [Fact]
    public async Task RunAsync_OtherBytesThanDocumented_SaysSo()
    {
        InvitationEndpointOptions Other(string host) => new() { InvitationCreatedUrl = $"http://{host}/" };

        var (allAsExpected, lines) = await RunAsync([Scenario.All[0] with { Endpoint = Other }]);

        Assert.False(allAsExpected);
        Assert.Contains("These are not the documented bytes.", lines);
        Assert.Contains(lines, line => line.EndsWith("│ no         │", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_AnotherOutcomeThanExpected_SaysSo()
    {
        var (allAsExpected, lines) = await RunAsync([Scenario.All[0] with { Answers = [404] }]);

        Assert.False(allAsExpected);
        Assert.Contains(lines, line => line.Contains("│ Rejected, not Delivered │    404 │", StringComparison.Ordinal));
    }

    private static async Task<(bool AllAsExpected, IReadOnlyList<string> Lines)> RunAsync(IReadOnlyList<Scenario> scenarios)
    {
        using TestConsole console = new();
        console.Profile.Width = 200;

        return (await Demo.RunAsync(console, scenarios), console.Lines);
    }
}
