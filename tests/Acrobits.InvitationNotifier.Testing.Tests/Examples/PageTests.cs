using Xunit;

namespace Acrobits.InvitationNotifier.Testing.Tests.Examples;

/// <summary>The examples of docs/testing.md are the tests that run here.</summary>
public sealed class PageTests
{
    [Theory]
    [InlineData(nameof(MyApplication.Tests.InvitationsTests))]
    [InlineData(nameof(MyApplication.Tests.ProviderTests))]
    [InlineData(nameof(MyApplication.Tests.RedeliveryTests))]
    public void TestingPage_Example_IsTheOneTestedHere(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Examples");

        Assert.Contains(
            $"```csharp\n{Read(Path.Combine(folder, name + ".cs"))}```\n",
            Read(Path.Combine(folder, "testing.md")),
            StringComparison.Ordinal);
    }

    private static string Read(string file) => File.ReadAllText(file).ReplaceLineEndings("\n");
}
