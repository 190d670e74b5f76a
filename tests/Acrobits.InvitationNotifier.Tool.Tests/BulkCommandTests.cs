using System.Collections.Concurrent;
using System.CommandLine;
using System.Net;
using System.Text;
using Acrobits.InvitationNotifier.Tool.Commands;
using Acrobits.InvitationNotifier.Tool.Wire;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class BulkCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestConsole _output = new() { Profile = { Width = 1000 } };

    public void Dispose()
    {
        _output.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Bulk_Failures_NamesTheirReasons()
    {
        await File.WriteAllTextAsync(
            _directory["in.csv"], "invitee,invitor,network_id\nok,b,n\nno,b,n\nno,c,n\n..,b,n\nno,d,n\n");
        await using var provider = await ListeningProvider.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            request => Encoding.ASCII.GetString(request).StartsWith("GET /ok", StringComparison.Ordinal) ? 204 : 404);

        var exitCode = await BulkAsync("in.csv", provider.Address + "/%invitee%");

        Assert.Equal(ExitCode.Incomplete, exitCode);
        Assert.Equal(
            [
                "Delivered, 204, 1, -",
                "Rejected, 404, 3, The provider answered 404 instead of 204.",
                """Unrepresentable, -, 1, A value makes a segment of the URL's path "." or "..", which would change the path.""",
            ],
            _output.Lines.Where(line => line.StartsWith('│')).Skip(1)
                .Select(line => string.Join(", ", line.Trim('│', ' ').Split('│', StringSplitOptions.TrimEntries))));
    }

    [Theory]
    [InlineData("in.jsonl", "")]
    [InlineData("in.jsonl", "\n\n")]
    [InlineData("in.csv", "invitee,invitor,network_id\n")]
    [InlineData("in.csv", "invitee,invitor,network_id\n1,b,n\n", "--skip", "2")]
    public async Task Bulk_NoRecords_SaysSo(string name, string text, params string[] args)
    {
        await File.WriteAllTextAsync(_directory[name], text);

        var exitCode = await BulkAsync(name, "http://127.0.0.1:1/", args);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal([$"{name} has no records to send."], _output.Lines);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task Bulk_Utf16_SendsAndWritesFailuresInUtf8(string encoding)
    {
        const string Text = "invitee,invitor,network_id\r\n1,jön 𝄞,n\r\n\"2\n\",b,n\r\n";
        await File.WriteAllTextAsync(_directory["in.csv"], Text, Encoding.GetEncoding(encoding));
        ConcurrentQueue<string> bodies = [];
        await using var provider = await ListeningProvider.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), request =>
        {
            bodies.Enqueue(Encoding.UTF8.GetString(request).Split("\r\n\r\n")[1]);
            return 404;
        });

        var exitCode = await BulkAsync("in.csv", provider.Address, "--post-data", "%invitee%/%invitor%", "--concurrency", "1");

        Assert.Equal(ExitCode.Incomplete, exitCode);
        Assert.Equal(["1/j%C3%B6n%20%F0%9D%84%9E", "2%0A/b"], bodies);
        Assert.Equal(Text, Encoding.UTF8.GetString(await File.ReadAllBytesAsync(_directory["in.failed.csv"])));
    }

    private async Task<int> BulkAsync(string file, string url, params string[] args)
    {
        using TestConsole messages = new();
        return await new BulkCommand(_output, messages)
            .Parse([_directory[file], "--url", url, "--allow-range", "127.0.0.0/8", .. args])
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
