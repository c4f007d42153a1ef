B
past_valueJ@ï3oúOzÁ¿İ¸Ù8 İ!ã :E¸q€ŞxÄOl¾àuÁöß¹	åpîm‚
}†şÄ'“lşa‚/ÿÿíV.p`­