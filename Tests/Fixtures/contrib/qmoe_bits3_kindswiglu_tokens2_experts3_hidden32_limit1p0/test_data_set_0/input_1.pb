
BrouterJ𳉵�4#9�=