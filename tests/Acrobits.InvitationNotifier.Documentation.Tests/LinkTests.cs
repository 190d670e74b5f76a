namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>Links between pages lead somewhere.</summary>
public sealed class LinkTests
{
    private const string Online = "https://github.com/acrobits/Acrobits.InvitationNotifier";

    public static TheoryData<string> Pages => [.. Repository.Pages.Select(page => page.Path)];

    [Theory, MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadToFilesAndHeadings(string path) =>
        Assert.Empty(FindBroken(Repository.Page(path)));

    [Theory, MemberData(nameof(Pages))]
    public void Links_OfAPackage_AreAbsolute(string path)
    {
        // nuget.org shows the page without the files beside it.
        if (path.StartsWith("src/", StringComparison.Ordinal))
        {
            Assert.All(Repository.Page(path).Links, link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Readme_Links_LeadToEachPage()
    {
        var links = Repository.Page("README.md").Links.ToHashSet();

        Assert.All(
            Repository.Pages.Where(page => page.Path.StartsWith("docs/", StringComparison.Ordinal)),
            page => Assert.Contains(page.Path, links));
    }

    [Theory]
    [InlineData("[one](missing.md)")]
    [InlineData("[one](queues.md#missing)")]
    [InlineData("[one](#missing)")]
    [InlineData("![one](images/missing.svg)")]
    [InlineData("[one](https://github.com/acrobits/Acrobits.InvitationNotifier/blob/main/docs/missing.md)")]
    public void Links_Broken_AreFound(string text) => Assert.Single(FindBroken(new Page("docs/page.md", "# Page\n\n" + text)));

    private static IEnumerable<string> FindBroken(Page page)
    {
        foreach (var link in page.Links)
        {
            // Absolute links into the repository are those of the packages.
            var isOurs = link.StartsWith($"{Online}/blob/main/", StringComparison.Ordinal);
            if (!isOurs && link.Contains("://", StringComparison.Ordinal))
            {
                continue;
            }

            var (file, anchor) = Split(isOurs ? link[$"{Online}/blob/main/".Length..] : link);
            var folder = isOurs ? "" : Path.GetDirectoryName(page.Path)!;
            var target = file == "" ? page.Path : Path.GetRelativePath(Repository.Root, Repository.PathOf(Path.Combine(folder, file))).Replace('\\', '/');
            var linked = target == page.Path ? page : Repository.Pages.FirstOrDefault(other => other.Path == target);
            if (!Repository.Has(target) && linked is null)
            {
                yield return $"{page.Path}: there is no {link}.";
            }
            else if (anchor is not null && linked?.Anchors.Contains(anchor) != true)
            {
                yield return $"{page.Path}: there is no heading for {link}.";
            }
        }
    }

    private static (string File, string? Anchor) Split(string link) =>
        link.Split('#', 2) is [var file, var anchor] ? (file, anchor) : (link, null);
}
