using Acrobits.InvitationNotifier.Tool.Bulk;
using Acrobits.InvitationNotifier.Tool.Records;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class FailedFileTests
{
    [Theory]
    [InlineData("users.csv", "users.failed.csv", "users.failed-2.csv")]
    [InlineData("users.failed.csv", "users.failed.csv", "users.failed-2.csv")]
    [InlineData("users.failed-7.csv", "users.failed.csv", "users.failed-2.csv")]
    [InlineData("a.b.jsonl", "a.b.failed.jsonl", "a.b.failed-2.jsonl")]
    [InlineData("users", "users.failed", "users.failed-2")]
    public void Names_Input_AreBesideItAndNeverPileUp(string input, string first, string second) =>
        Assert.Equal([first, second], FailedFile.Names(input).Take(2).Select(Path.GetFileName));

    [Fact]
    public async Task Add_Records_GivesAFileThatCanBeFedBack()
    {
        using TemporaryDirectory directory = new();
        const string Text = "more,invitee,invitor,network_id\r\nx,1,\"b,\"\"c\",\"two\nlines\"\r\ny,2,b,c";
        CsvRecordReader reader = new(Records.Stream(Text));
        using (FailedFile failed = new(directory["in.csv"], chosen: null))
        {
            await foreach (var record in reader.ReadAsync(0, CancellationToken.None))
            {
                failed.Add(record, reader.Header);
            }
        }

        Assert.Equal(Text + "\n", await File.ReadAllTextAsync(directory["in.failed.csv"]));
    }

    [Fact]
    public async Task Add_NameIsTaken_TakesTheNext()
    {
        using TemporaryDirectory directory = new();
        await File.WriteAllTextAsync(directory["in.failed.jsonl"], "earlier");
        using FailedFile failed = new(directory["in.failed.jsonl"], chosen: null);

        failed.Add(InvitationRecord.Malformed(default, "") with { Raw = "{}"u8.ToArray() }, header: null);

        Assert.Equal(directory["in.failed-2.jsonl"], failed.Path);
        Assert.Equal("earlier", await File.ReadAllTextAsync(directory["in.failed.jsonl"]));
    }

    [Fact]
    public async Task Add_ChosenFileExists_ThrowsAndLeavesIt()
    {
        using TemporaryDirectory directory = new();
        await File.WriteAllTextAsync(directory["mine"], "earlier");
        using FailedFile failed = new(directory["in.csv"], directory["mine"]);

        Assert.Throws<IOException>(() => failed.Add(InvitationRecord.Malformed(default, ""), header: null));

        Assert.Equal("earlier", await File.ReadAllTextAsync(directory["mine"]));
    }

    [Fact]
    public void Dispose_NothingAdded_LeavesNoFile()
    {
        using TemporaryDirectory directory = new();
        using (FailedFile failed = new(directory["in.csv"], directory["mine"]))
        {
            Assert.Null(failed.Path);
        }

        Assert.False(File.Exists(directory["mine"]));
    }
}
