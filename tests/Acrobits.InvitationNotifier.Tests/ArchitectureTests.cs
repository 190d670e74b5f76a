using NetArchTest.Rules;

namespace Acrobits.InvitationNotifier.Tests;

/// <summary>The layers of the core: a folder uses the root's types and the folders before it, and nothing after it.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "Acrobits.InvitationNotifier";

    private static readonly string[] Folders =
        ["Text", "Templates", "Endpoints", "Egress", "Telemetry", "Configuration", "Delivery", "Queueing"];

    private static readonly Types Core = Types.InAssembly(typeof(IInvitationNotifier).Assembly);

    public static TheoryData<string> AllButTheLast => [.. Folders[..^1]];

    [Theory]
    [MemberData(nameof(AllButTheLast))]
    public void Folder_EachOfItsTypes_UsesNothingAfterIt(string folder)
    {
        var after = Folders[(Array.IndexOf(Folders, folder) + 1)..].Select(name => $"{Root}.{name}").ToArray();

        var types = Core.That().ResideInNamespaceMatching($@"^{Root}\.{folder}$");

        Assert.NotEmpty(types.GetTypes());
        AssertHolds(types.Should().NotHaveDependencyOnAny(after));
    }

    [Fact]
    public void Root_EachPublicType_UsesNoFolderButText()
    {
        var folders = Folders.Where(name => name != "Text").Select(name => $"{Root}.{name}").ToArray();

        // The facade turns options into a compiled endpoint; all other types of the root are what it is made of or returns.
        var types = Core.That().ResideInNamespaceMatching($"^{Root}$").And().DoNotHaveName(nameof(InvitationEndpoint));

        Assert.Contains(types.GetTypes(), type => type.Name == nameof(Invitation));
        AssertHolds(types.Should().NotHaveDependencyOnAny(folders));
    }

    [Fact]
    public void Folders_AllNamespaces_AreKnown()
    {
        var unknown = typeof(IInvitationNotifier).Assembly.GetTypes()
            .Select(type => type.Namespace)
            .Where(name => name is not null && name.StartsWith(Root, StringComparison.Ordinal))
            .Except([Root, .. Folders.Select(folder => $"{Root}.{folder}")]);

        Assert.Empty(unknown);
    }

    [Fact]
    public void Folders_AllTypes_AreInternal() => Assert.DoesNotContain(
        typeof(IInvitationNotifier).Assembly.GetExportedTypes(),
        type => type.Namespace!.StartsWith($"{Root}.", StringComparison.Ordinal));

    private static void AssertHolds(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join(
            Environment.NewLine, (result.FailingTypes ?? []).Select(type => $"{type.FullName}: {type.Explanation}")));
    }
}
