using System.Globalization;
using Acrobits.InvitationNotifier.Interoperability.Tests.Servers;

namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>
/// Values that some parser could misread, sent to real servers and read there as a provider's programmer reads them. Each
/// arrives as it is, or is refused.
/// </summary>
public sealed class HostileValueTests
{
    [Theory]
    [MemberData(nameof(ShapesAndReuse), RequestShape.All)]
    public Task NotifyAsync_HostileValues_AreReadBackByPhp(RequestShape shape, bool reuseConnections) =>
        CheckAsync(shape == RequestShape.Xml ? ServerProgram.PhpWithXml : ServerProgram.Php, shape, reuseConnections);

    [Theory]
    [MemberData(nameof(ShapesAndReuse), RequestShape.All & ~RequestShape.Xml)]
    public async Task NotifyAsync_HostileValues_AreReadBackByNodeJs(RequestShape shape, bool reuseConnections)
    {
        var requests = await CheckAsync(ServerProgram.NodeJs, shape, reuseConnections);

        var connections = requests.Select(request => request.Connection).Distinct().Count();
        Assert.Equal(reuseConnections, connections < requests.Count);
    }

    [Theory]
    [InlineData(RequestShape.Query)]
    [InlineData(RequestShape.Path)]
    [InlineData(RequestShape.Form)]
    [InlineData(RequestShape.Json)]
    [InlineData(RequestShape.Xml)]
    public async Task NotifyAsync_ValueThatCannotBeRepresented_IsRefusedAndNothingIsSent(RequestShape shape)
    {
        await using var sender = await Sender.StartAsync(Sender.Settings("http://127.0.0.1:9/", shape));

        foreach (var value in HostileValue.For(shape).Where(value => value.RefusedBy.HasFlag(shape)))
        {
            foreach (var invitation in new Invitation[] { new(value.Text, "b", "c"), new("a", value.Text, "c"), new("a", "b", value.Text) })
            {
                var result = await sender.Notifier.NotifyAsync(invitation);
                Assert.True((result.Outcome, result.Attempts) == (NotificationOutcome.Unrepresentable, 0), $"{value.Name}: {result}");
            }
        }
    }

    // No theory: the attributes of its data would hold U+FFFD in the place of a lone surrogate.
    [Fact]
    public void Constructor_BlankOrLoneSurrogate_Throws()
    {
        foreach (var text in new[] { "\uD800", "a\uDC00", "\uDE00\uD83D", " ", "\u00A0", "\r\n\t", "\u2028\u2029\u0085\u3000" })
        {
            Assert.Throws<ArgumentException>(() => new Invitation(text, "b", "c"));
            Assert.Throws<ArgumentException>(() => new Invitation("a", text, "c"));
            Assert.Throws<ArgumentException>(() => new Invitation("a", "b", text));
        }
    }

    public static TheoryData<RequestShape, bool> ShapesAndReuse(RequestShape shapes)
    {
        var data = new TheoryData<RequestShape, bool>();
        RequestShape[] all = [RequestShape.Query, RequestShape.Path, RequestShape.Form, RequestShape.Json, RequestShape.Xml];
        foreach (var shape in all.Where(shape => shapes.HasFlag(shape)))
        {
            data.Add(shape, false);
            data.Add(shape, true);
        }

        return data;
    }

    private static async Task<IReadOnlyList<ReadRequest>> CheckAsync(ServerProgram program, RequestShape shape, bool reuseConnections)
    {
        await using var server = await Server.StartAsync(program);
        var settings = Sender.Settings($"http://127.0.0.1:{server.Port}/", shape);
        settings["ReuseConnections"] = reuseConnections.ToString();
        settings["Retry:MaxRetryAttempts"] = "0";
        settings["CircuitBreaker:MinimumThroughput"] = "1000";
        await using var sender = await Sender.StartAsync(settings);
        var values = HostileValue.For(shape).Where(value => !value.RefusedBy.HasFlag(shape)).ToList();

        // Each value is each parameter once.
        var invitations = values.Select((value, index) => new Invitation(value.Text, Text(index + 1), Text(index + 2))
        {
            Id = index.ToString(CultureInfo.InvariantCulture),
        }).ToList();
        var results = await Task.WhenAll(invitations.Select(invitation => sender.Notifier.NotifyAsync(invitation)));
        var requests = server.ReadRequests<ReadRequest>().ToDictionary(request => request.Key);

        var problems = values.SelectMany((value, index) => results[index].IsSuccess
            ? requests[$"\"{index}\""].Differences(invitations[index])
            : [$"{value.Name}: {results[index].Reason}"]);
        Assert.Empty(problems);
        Assert.Equal(values.Count, requests.Count);
        return [.. requests.Values];

        string Text(int index) => values[index % values.Count].Text;
    }
}
